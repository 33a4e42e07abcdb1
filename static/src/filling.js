// What only the chapters of a form need: saving while somebody types.
import "./elements/eg-autosave.js";

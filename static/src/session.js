// The end of the session in the back office, which has a front end of its own.
import "./elements/eg-session.js";

// The custom elements of the citizen pages. Every page works without them.
import "./elements/eg-menu.js";
import "./elements/eg-error-summary.js";
import "./elements/eg-countdown.js";
import "./elements/eg-password-criteria.js";
import "./elements/eg-code-input.js";
import "./elements/eg-conditions.js";
import "./elements/eg-rows.js";
import "./elements/eg-upload.js";
import "./elements/eg-dialog.js";
import "./elements/eg-session.js";
import "./elements/eg-passkey.js";
import "./elements/eg-web-eid.js";
import "./elements/eg-print.js";
import "./elements/eg-copy.js";
import "./elements/eg-refresh.js";

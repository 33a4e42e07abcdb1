// Our own pages in the back office: lists, exports, documents of a file. The question before the end of the session is in session.js.
import "./elements/eg-file-list.js";
import "./elements/eg-pad.js";
import "./elements/eg-refresh.js";
import "./elements/eg-upload.js";

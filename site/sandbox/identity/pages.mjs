// The pages of the test providers: plain HTML that works without scripts, in four languages.
import { KEYS } from './kinds.mjs';

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
const ANSWERS = ['as_asked', 'lower', 'server_error', 'temporarily_unavailable'];
const NAMES = { fr: 'Français', nl: 'Nederlands', de: 'Deutsch', en: 'English' };
const keyName = (key, say) => (key === 'itsme' ? say.itsme_key : say[key]);

/** The frame of every page; `language` chooses the words, `here` is the address that language links go to. */
export function page({ kind, path, language, say, title, body, here = '' }) {
  const links = Object.keys(NAMES).map((code) => `<li><a href="${here}?lang=${code}" lang="${code}" hreflang="${code}"
    aria-label="${code.toUpperCase()}, ${NAMES[code]}"${code === language ? ' aria-current="true"' : ''}>${code.toUpperCase()}</a></li>`);
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)} – ${escape(say[kind])}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${path}/style.css"></head><body>
<header><p class="banner">${escape(say.banner)}</p><div class="top"><strong>${escape(say[kind])}</strong>
${here && `<nav aria-label="${escape(say.language)}"><ul>${links.join('')}</ul></nav>`}</div></header>
<main><h1>${escape(title)}</h1>${body}</main></body></html>`;
}

/** CSAM's first page: the digital keys, with those that are not sure enough shown and explained. */
export function keysPage({ wanted, say, language, here }) {
  const rows = Object.entries(KEYS).map(([key, level]) => {
    const text = `<strong>${escape(keyName(key, say))}</strong>`;
    return level < wanted
      ? `<li><span class="row off"><span>${text}<small>${escape(say.too_low)}</small></span></span></li>`
      : `<li><a class="row" href="${here}?lang=${language}&amp;key=${key}"><span>${text}<small>${escape(say.level)} ${level}</small></span></a></li>`;
  });
  return `<p>${escape(say.asks)}</p><ul class="rows">${rows.join('')}</ul>
<form method="post" action="${here}?lang=${language}"><div class="buttons">${button('cancel', say.cancel, 'plain')}</div></form>`;
}

/** The test people who can be chosen, and the buttons that answer. */
export function peoplePage({ kind, key, citizens, wanted, still, error, say, language, here }) {
  const rows = citizens.map((citizen) => `<label class="row"><input type="radio" name="citizen" value="${citizen.key}"${
    citizen.key === still?.key ? ' checked' : ''}><span><strong>${escape(`${citizen.given} ${citizen.family}`)}</strong><small>${
    escape(say[citizen.note])}</small></span></label>`);
  const known = still && `<p>${escape(say.still.replace('{name}', `${still.given} ${still.family}`))}</p>`;
  const buttons = kind === 'csam'
    ? button('confirm', say.continue) + button('cancel', say.cancel, 'plain')
    : button('confirm', say.with_code, '', 2) + (wanted < 2 ? button('confirm', say.with_fingerprint, 'plain', 1) : '')
      + button('cancel', say.refuse, 'plain');
  const back = key && `<p><a href="${here}?lang=${language}">${escape(say.other_key)}</a></p>`;
  return `<p>${escape(key ? keyName(key, say) : say.asks)}</p>${known || ''}${error ? `<p class="error" role="alert">${escape(error)}</p>` : ''}
<form method="post" action="${here}?lang=${language}${key ? `&amp;key=${key}` : ''}">
<fieldset><legend>${escape(say.persons)}</legend><div class="rows">${rows.join('')}</div></fieldset>
<div class="buttons">${buttons}</div>${back || ''}${tests(say)}</form>`;
}

/** What the logout page asks; `form` is the provider's own form with its secret. */
export function logoutPage({ say, form }) {
  return `<p>${escape(say.logout)}</p>${form}<div class="buttons">
<button form="op.logoutForm" type="submit" name="logout" value="yes">${escape(say.logout_yes)}</button>
<button class="plain" form="op.logoutForm" type="submit">${escape(say.logout_no)}</button></div>`;
}

function button(name, text, look = '', value = 1) {
  return `<button class="${look}" type="submit" name="${name}" value="${value}">${escape(text)}</button>`;
}

function tests(say) {
  const options = ANSWERS.map((answer, position) => `<label class="row"><input type="radio" name="answer" value="${answer}"${
    position ? '' : ' checked'}><span>${escape(say[answer])}</span></label>`);
  return `<details><summary>${escape(say.tests)}</summary><fieldset><legend hidden>${escape(say.tests)}</legend>
<div class="rows">${options.join('')}</div></fieldset></details>`;
}

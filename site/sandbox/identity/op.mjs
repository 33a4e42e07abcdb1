// Two identity providers in one process, for the demo and the tests only: one like CSAM, one like itsme.
// The protocol is npm oidc-provider's; what is ours is the people and the pages. On loopback, nothing is written.
//
// IDENTITY_PORTAL           address of the portal: its /.well-known/jwks.json, its /oidc/<kind>/callback/
// IDENTITY_SANDBOX_CSAM     issuer, such as http://127.0.0.1:9401/fas/oauth2; likewise IDENTITY_SANDBOX_ITSME
// NODE_PATH                 folder of the npm packages (ES modules do not look there by themselves)
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { KEYS, KINDS } from './kinds.mjs';
import { keysPage, logoutPage, page, peoplePage } from './pages.mjs';

const packages = createRequire(pathToFileURL(`${process.env.NODE_PATH}/`));
const { Provider, interactionPolicy } = await import(pathToFileURL(packages.resolve('oidc-provider')));
const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const { citizens } = JSON.parse(read('citizens.json'));
const words = JSON.parse(read('words.json'));
const style = read('style.css');
const portal = process.env.IDENTITY_PORTAL.replace(/\/$/, '');
const LANGUAGES = Object.keys(words);

/** Only those who can use this provider: itsme takes nobody under sixteen. */
const known = (kind) => citizens.filter((citizen) => (kind === 'csam' ? true : citizen.keys.includes('itsme')));

function configuration(kind) {
  const { path, routes, scopes, acrValues, claims, subject, told } = KINDS[kind];
  const encryption = { alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256' };
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const cookie = (name) => `sandbox_${kind}_${name}`; // cookies do not tell ports apart
  return {
    clients: [{
      client_id: 'guichet',
      redirect_uris: [`${portal}/oidc/${kind}/callback/`],
      post_logout_redirect_uris: [`${portal}/oidc/${kind}/logged-out/`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      jwks_uri: `${portal}/.well-known/jwks.json`,
      id_token_signed_response_alg: 'RS256',
      id_token_encrypted_response_alg: encryption.alg,
      id_token_encrypted_response_enc: encryption.enc,
      userinfo_signed_response_alg: 'RS256',
      userinfo_encrypted_response_alg: encryption.alg,
      userinfo_encrypted_response_enc: encryption.enc,
    }],
    jwks: { keys: [{ ...key, kid: `${kind}-1`, use: 'sig', alg: 'RS256' }] },
    clientAuthMethods: ['private_key_jwt'],
    features: {
      devInteractions: { enabled: false },
      encryption: { enabled: true },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => show(ctx, kind, 'logout_title', (say) => logoutPage({ say, form })),
        postLogoutSuccessSource: (ctx) => show(ctx, kind, 'logged_out', () => ''),
      },
    },
    // oidc-provider closes connections to loopback, where the portal is; nothing else is fetched.
    fetch: (address, { dispatcher, ...options }) => globalThis.fetch(address, options),
    routes, scopes, acrValues, claims,
    responseTypes: ['code'],
    conformIdTokenClaims: true,
    pkce: { required: () => true },
    ttl: { AuthorizationCode: 60, IdToken: 300, AccessToken: 300, Interaction: 900, Session: 3600, Grant: 900 },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: cookie('session'), interaction: cookie('interaction'), resume: cookie('resume') },
    },
    interactions: { url: (ctx, interaction) => `${path}/identify/${interaction.uid}`, policy: policy() },
    renderError: (ctx) => show(ctx, kind, 'expired_title', (say) => `<p>${say.expired}</p>`),
    findAccount: (ctx, id) => {
      const citizen = known(kind).find((one) => subject(one) === id);
      return citizen && { accountId: id, claims: async () => ({ sub: id, ...told(citizen) }) };
    },
  };
}

/** Ask at every login, even when a session is there; and believe no client that a level was reached: it must check. */
function policy() {
  const prompts = interactionPolicy.base();
  const { checks } = prompts.get('login');
  checks.remove('essential_acr');
  checks.remove('essential_acrs');
  checks.add(new interactionPolicy.Check('ask', 'The person is asked each time', (ctx) => !ctx.oidc.result?.login));
  return prompts;
}

/** The language of the page: the link that was followed, else what the portal asked for, else French. */
function language(ctx, asked = '') {
  const wanted = [ctx.query.lang, ...asked.split(' ').map((code) => code.slice(0, 2).toLowerCase())];
  return wanted.find((code) => LANGUAGES.includes(code)) ?? 'fr';
}

function show(ctx, kind, title, body, code = language(ctx)) {
  const say = words[code];
  const here = ctx.path.startsWith('/identify/') ? KINDS[kind].path + ctx.path : '';
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'");
  ctx.set('Cache-Control', 'no-store');
  ctx.body = page({ kind, path: KINDS[kind].path, language: code, say, title: say[title], here, body: body(say, here) });
}

/** The person's choice: who, with which key, or a refusal. */
function identify(provider, kind) {
  const { subject, wanted: level, proof, lower } = KINDS[kind];
  return async (ctx, next) => {
    if (ctx.path === '/style.css') return Object.assign(ctx, { type: 'css', body: style });
    if (!ctx.path.startsWith('/identify/')) return next();
    let details;
    try {
      details = await provider.interactionDetails(ctx.req, ctx.res);
    } catch {
      ctx.status = 404;
      return show(ctx, kind, 'expired_title', (say) => `<p>${say.expired}</p>`);
    }
    const { params, session } = details;
    const code = language(ctx, params.ui_locales);
    const wanted = level((params.acr_values ?? '').split(' '));
    const key = kind === 'csam' && KEYS[ctx.query.key] >= wanted ? ctx.query.key : '';
    const people = known(kind).filter((citizen) => !key || citizen.keys.includes(key));
    let error = '';
    if (ctx.method === 'POST') {
      const form = await sent(ctx.req);
      const answer = await decide(form);
      if (answer) {
        ctx.respond = false;
        return provider.interactionFinished(ctx.req, ctx.res, answer);
      }
      error = words[code].missing;
      ctx.status = 422;
    }
    if (kind === 'csam' && !key) return show(ctx, kind, 'choose_key', (say, here) => keysPage({ wanted, say, language: code, here }), code);
    const still = session && people.find((citizen) => subject(citizen) === session.accountId);
    return show(ctx, kind, 'choose_person', (say, here) => peoplePage({
      kind, key, citizens: people, wanted, still, error, say, language: code, here,
    }), code);

    async function decide(form) {
      if (form.get('cancel')) return { error: 'access_denied', error_description: 'The person refused' };
      const answer = form.get('answer');
      if (answer?.includes('_') && answer !== 'as_asked') return { error: answer, error_description: 'Asked for by a test' };
      const citizen = people.find((one) => one.key === form.get('citizen'));
      if (!citizen || (kind === 'csam' && !key)) return undefined;
      const reached = kind === 'csam' ? KEYS[key] : Number(form.get('confirm')) || 1;
      const accountId = subject(citizen);
      return {
        login: { accountId, remember: true, ...proof(answer === 'lower' ? lower(wanted) : Math.max(reached, kind === 'csam' ? 0 : wanted)) },
        consent: { grantId: await grant(provider, params, accountId) },
      };
    }
  };
}

/** Everything the portal asked for is granted: the person saw it on the provider's page. */
async function grant(provider, params, accountId) {
  const given = new provider.Grant({ accountId, clientId: params.client_id });
  given.addOIDCScope(params.scope);
  const asked = params.claims ? JSON.parse(params.claims) : {};
  given.addOIDCClaims([...Object.keys(asked.id_token ?? {}), ...Object.keys(asked.userinfo ?? {})]);
  return given.save();
}

function causes({ cause }) {
  return cause ? `${cause.message} ${causes(cause)}` : '';
}

async function sent(request) {
  let text = '';
  for await (const chunk of request) if ((text += chunk).length > 10_000) break;
  return new URLSearchParams(text);
}

/** Real providers keep our keys for half an hour; these ask each time, so that a test may change them. */
function forgetKeys(provider) {
  return async (ctx, next) => {
    const client = await provider.Client.find('guichet');
    client.asymmetricKeyStore.freshUntil = 0;
    return next();
  };
}

function listen(kind) {
  const address = new URL(process.env[`IDENTITY_SANDBOX_${kind.toUpperCase()}`]);
  if (address.hostname !== '127.0.0.1') throw new Error('A test identity provider listens on loopback only.');
  const { path } = KINDS[kind];
  if (address.pathname !== path) throw new Error(`The issuer of ${kind} ends with ${path}.`);
  const provider = new Provider(address.href, configuration(kind));
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'userinfo.error', 'end_session.error']) {
    provider.on(event, (ctx, error) => console.error(kind, event, error.error ?? error.name, error.error_detail ?? error.message, causes(error)));
  }
  provider.use(forgetKeys(provider));
  provider.use(identify(provider, kind));
  const answer = provider.callback();
  const server = createServer((request, response) => {
    request.originalUrl = request.url;
    if (request.url.startsWith(`${path}/`)) request.url = request.url.slice(path.length);
    if (request.method !== 'POST' || request.url !== KINDS[kind].routes.end_session) return answer(request, response);
    // oidc-provider takes this only as GET, and browsers keep its cookie from a form of another site: ask it again.
    return sent(request).then((form) => response.writeHead(303, { Location: `${request.originalUrl}?${form}` }).end());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(address.port), '127.0.0.1', resolve);
  });
}

await Promise.all(Object.keys(KINDS).map(listen));
console.log('ready');

// The two providers that are played: what each is called, knows and says. Facts: belgianmobileid/doc (itsme) and the
// claims that public clients of FAS read; both were looked at on 2026-11-20 and never against the real services.
const CLAIM = 'http://itsme.services/v2/claim/';
const LEVEL = 'urn:be:fedict:iam:fas:Level';

/** The digital keys of CSAM with the level that each proves. */
export const KEYS = { eid: 500, itsme: 450, mail: 400, app: 400, token: 400, password: 200 };

/** A FAS subject looks like a number of eleven digits: it is personal data, and clients must treat it so. */
const csamSubject = (citizen) => (citizen.key === 'louis-new' ? '90000000018' : citizen.number || '90000000017');

export const KINDS = {
  csam: {
    path: '/fas/oauth2',
    routes: {
      authorization: '/authorize', token: '/access_token', userinfo: '/userinfo', jwks: '/connect/jwk_uri',
      end_session: '/connect/endSession',
    },
    scopes: ['openid', 'profile', 'egovnrn'],
    acrValues: ['0', ...[100, 200, 400, 450, 500].map((level) => LEVEL + level)],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['surname', 'givenName', 'mail', 'prefLanguage', 'fedid'],
      egovnrn: ['egovNRN'],
    },
    subject: csamSubject,
    told: (citizen) => ({
      surname: citizen.family, givenName: citizen.given, mail: citizen.email, prefLanguage: citizen.language,
      fedid: `fed-${citizen.key}`, ...(citizen.number && { egovNRN: citizen.number }),
    }),
    /** The lowest level, of those that a client names, or 0. */
    wanted: (values) => Math.min(...levels(values), 1000) % 1000,
    /** acr says nothing, as in the real answers: the level is in amr. */
    proof: (level) => ({ acr: '0', amr: [LEVEL + level] }),
    lower: (wanted) => (wanted > 400 ? 400 : 100),
  },
  itsme: {
    path: '/v2',
    routes: { authorization: '/authorization', token: '/token', userinfo: '/userinfo', jwks: '/jwkSet', end_session: '/logout' },
    scopes: ['openid', 'service:GUICHET_LOGIN', 'service:GUICHET_IDENT', 'profile', 'email', 'phone', 'eid'],
    acrValues: [`${CLAIM}acr_basic`, `${CLAIM}acr_advanced`],
    claims: {
      openid: ['sub', 'acr', 'auth_time'],
      profile: ['name', 'given_name', 'family_name', 'birthdate', 'locale'],
      email: ['email', 'email_verified'],
      phone: ['phone_number', 'phone_number_verified'],
      eid: [`${CLAIM}BENationalNumber`, `${CLAIM}BEeidSn`],
    },
    subject: (citizen) => `itsme-${citizen.key}`,
    told: (citizen) => ({
      name: `${citizen.given} ${citizen.family}`, given_name: citizen.given, family_name: citizen.family,
      birthdate: citizen.born, locale: citizen.language.toUpperCase(), email: citizen.email, email_verified: false,
      phone_number: citizen.phone, phone_number_verified: true,
      ...(citizen.number && { [`${CLAIM}BENationalNumber`]: citizen.number, [`${CLAIM}BEeidSn`]: '592000000000' }),
    }),
    /** 2 when the code is asked for, 1 when a fingerprint is enough. */
    wanted: (values) => (values.includes(`${CLAIM}acr_advanced`) ? 2 : 1),
    proof: (level) => (level ? { acr: CLAIM + (level === 2 ? 'acr_advanced' : 'acr_basic') } : {}),
    lower: (wanted) => wanted - 1,
  },
};

function levels(values) {
  return values.map((value) => Number(value.replace(LEVEL, ''))).filter(Boolean);
}

// An independent judge of our keys and assertions: jose and openid-client read them as a provider would.
// In: JSON on standard input. Out: JSON on standard output.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.env.NODE_PATH, "here.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const jose = await load("jose");
const client = await load("openid-client");

const { jwks, assertion, audience, clientId } = JSON.parse(readFileSync(0, "utf8"));

for (const key of jwks.keys) {
  await jose.importJWK(key, key.alg);
  if ((await jose.calculateJwkThumbprint(key)) !== key.kid) throw new Error("kid is no thumbprint");
}

const checked = await jose.jwtVerify(assertion, jose.createLocalJWKSet(jwks), {
  issuer: clientId,
  subject: clientId,
  audience,
  algorithms: ["RS256"],
  requiredClaims: ["jti", "exp", "iat"],
});

const enc = jwks.keys.find((key) => key.use === "enc");
const pair = await jose.generateKeyPair("RS256", { extractable: true });
const inner = await new jose.SignJWT({ hello: "portal" }).setProtectedHeader({ alg: "RS256", kid: "op" }).sign(pair.privateKey);
const token = await new jose.CompactEncrypt(new TextEncoder().encode(inner))
  .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A128CBC-HS256", cty: "JWT", kid: enc.kid, iss: "https://op.example", aud: clientId })
  .encrypt(await jose.importJWK(enc, "RSA-OAEP-256"));

// The challenge that openid-client makes of a verifier, to hold against ours.
const verifier = client.randomPKCECodeVerifier();
process.stdout.write(
  JSON.stringify({
    claims: checked.payload,
    header: checked.protectedHeader,
    token,
    inner,
    verifier,
    challenge: await client.calculatePKCECodeChallenge(verifier),
  }),
);

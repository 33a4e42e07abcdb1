"""A small authority of identity cards for tests: root, issuing authority, cards, and who is asked about them (OCSP)."""

import base64
import hashlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

#: A man born on 30 July 1985.
NUMBER = "85073003328"
DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_NAMES = {
    "C": NameOID.COUNTRY_NAME,
    "CN": NameOID.COMMON_NAME,
    "SN": NameOID.SURNAME,
    "GN": NameOID.GIVEN_NAME,
    "serial": NameOID.SERIAL_NUMBER,
}


def name(**parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(_NAMES[key], value) for key, value in parts.items()])


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP384R1())


@dataclass(frozen=True)
class Card:
    """The certificate for identifying oneself, and its key."""

    certificate: x509.Certificate
    key: Key

    def token(self, *, origin: str, challenge: str, algorithm: str = "") -> dict[str, Any]:
        """What the extension returns: origin and challenge are signed, nothing else."""
        algorithm = algorithm or (
            "ES384" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "RS256"
        )
        size = algorithm[2:]
        digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[size]
        data = b"".join(
            hashlib.new(f"sha{size}", text.encode()).digest() for text in (origin, challenge)
        )
        return {
            "format": "web-eid:1.0",
            "algorithm": algorithm,
            "signature": base64.b64encode(self._sign(data, algorithm, digest)).decode(),
            "unverifiedCertificate": base64.b64encode(
                self.certificate.public_bytes(serialization.Encoding.DER)
            ).decode(),
            "appVersion": "https://web-eid.eu/web-eid-app/releases/2.6.0",
        }

    def _sign(self, data: bytes, algorithm: str, digest: hashes.HashAlgorithm) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(digest)))
            length = (self.key.curve.key_size + 7) // 8
            return r.to_bytes(length, "big") + s.to_bytes(length, "big")
        if algorithm.startswith("PS"):
            pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
            return self.key.sign(data, pss, digest)
        return self.key.sign(data, padding.PKCS1v15(), digest)


@dataclass
class CardAuthority:
    """A root, an authority below it, and the cards that it issues."""

    ocsp_url: str = "http://127.0.0.1:9/"
    root_key: ec.EllipticCurvePrivateKey = field(default_factory=ec_key)
    issuing_key: ec.EllipticCurvePrivateKey = field(default_factory=ec_key)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.root_name = name(C="BE", CN="Test Belgium Root CA")
        self.root = self._authority(self.root_name, self.root_key)
        self.issuing_name = name(C="BE", CN="Test Citizen CA", serial="202601")
        self.issuing = self._authority(self.issuing_name, self.issuing_key)

    def _authority(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        is_root = subject == self.root_name
        builder = self._builder(subject, self.root_name, key.public_key(), self.root_key)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None if is_root else 0), critical=True
        ).add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        return builder.sign(self.root_key, hashes.SHA384())

    def _builder(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: Any,
        issuer_key: Any,
        valid: tuple[datetime, datetime] | None = None,
    ) -> x509.CertificateBuilder:
        begins, ends = valid or (self.now - DAY, self.now + 365 * DAY)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
                critical=False,
            )
        )

    def card(
        self,
        *,
        number: str = NUMBER,
        country: str = "BE",
        first: str = "Jean Marie",
        last: str = "Dupont",
        key: Key | None = None,
        valid: tuple[datetime, datetime] | None = None,
        signed_by: Key | None = None,
        for_signing: bool = False,
        with_ocsp: bool = True,
    ) -> Card:
        """Issue a card; `signed_by` forges one, `for_signing` makes the certificate for documents."""
        key = key or ec_key()
        subject = name(
            C=country, CN=f"{first} {last} (Authentication)", SN=last, GN=first, serial=number
        )
        builder = self._builder(
            subject, self.issuing_name, key.public_key(), self.issuing_key, valid
        )
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        if for_signing:
            builder = builder.add_extension(_usage(content_commitment=True), critical=True)
        else:
            usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
            builder = builder.add_extension(_usage(digital_signature=True), critical=True)
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if with_ocsp:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.ocsp_url)
            )
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([access]), critical=False
            )
        return Card(builder.sign(signed_by or self.issuing_key, hashes.SHA384()), key)

    def write(self, folder: Path) -> dict[str, Any]:
        """Write the authorities into a folder and return the options of a provider that trusts them."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, one in (("root", self.root), ("citizen", self.issuing)):
            (folder / f"{file}.pem").write_bytes(one.public_bytes(serialization.Encoding.PEM))
        return {
            "authorities": str(folder),
            "roots": [self.root.fingerprint(hashes.SHA256()).hex(":").upper()],
            "timeout": 2,
        }


def _usage(**wanted: bool) -> x509.KeyUsage:
    known = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{use: wanted.get(use, False) for use in known})


class Responder:
    """Answers over HTTP on loopback whether cards are good; `mode` says how it behaves."""

    def __init__(self, port: int = 0) -> None:
        self.authority: CardAuthority | None = None
        self.mode = "good"
        self.asked = 0
        self.signed_by: ec.EllipticCurvePrivateKey | None = None
        responder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                responder.asked += 1
                status, answer = responder.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: Any) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Return status and body for one question."""
        if self.mode == "broken":
            return 500, b""
        if self.mode == "nonsense":
            return 200, b"no answer at all"
        if self.mode == "huge":
            return 200, b"\x30" * 100_000
        if self.mode == "later":
            status = ocsp.OCSPResponseStatus.TRY_LATER
            refused = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
            return 200, refused.public_bytes(serialization.Encoding.DER)
        return 200, self._signed(ocsp.load_der_ocsp_request(body))

    def _signed(self, question: ocsp.OCSPRequest) -> bytes:
        assert self.authority
        at = datetime.now(UTC) - (2 * DAY if self.mode == "stale" else timedelta(0))
        is_revoked = self.mode == "revoked"
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=question.issuer_name_hash,
            issuer_key_hash=question.issuer_key_hash,
            serial_number=question.serial_number + (1 if self.mode == "other" else 0),
            algorithm=question.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + timedelta(hours=1),
            revocation_time=at - DAY if is_revoked else None,
            revocation_reason=x509.ReasonFlags.key_compromise if is_revoked else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.authority.issuing)
        key = self.signed_by or self.authority.issuing_key
        return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.DER)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

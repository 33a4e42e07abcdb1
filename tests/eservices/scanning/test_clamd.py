"""The client of clamd, against the sandbox and against daemons that misbehave."""

import io
import socket
import socketserver
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from eservices.enums import ScanState
from eservices.errors import ScannerUnavailable
from eservices.scanning import Verdict, scanner
from eservices.scanning.checks import documents_are_scanned
from eservices.scanning.clamd import Clamd
from portal.scanners import scanner_from_environment
from sandbox import clamd as sandbox
from tests.factories.documents import infected, letter, scanner_running


@pytest.fixture(scope="module")
def clamd():
    with scanner_running() as found:
        yield Clamd(**found["OPTIONS"])


def test_a_clean_document_is_clean(clamd):
    assert clamd.scan(letter()) == Verdict(state=ScanState.CLEAN)


def test_the_documented_signature_is_found_and_named(clamd):
    verdict = clamd.scan(infected())

    assert verdict == Verdict(state=ScanState.INFECTED, name="Eicar-Signature")


def test_the_signature_is_found_across_chunks_and_at_the_end(clamd):
    content = bytes(64 * 1024 - 30) + sandbox.EICAR

    assert clamd.scan(io.BytesIO(content)).state == ScanState.INFECTED


def test_it_says_who_answers(clamd):
    assert clamd.check().startswith("ClamAV ")


def test_beyond_the_daemons_limit_nothing_counts_as_scanned(clamd, monkeypatch):
    monkeypatch.setattr(sandbox, "LONGEST", 1000)

    with pytest.raises(ScannerUnavailable):
        clamd.scan(io.BytesIO(bytes(300_000)))


def test_nobody_there_is_no_verdict():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(ScannerUnavailable):
        Clamd(port=port, connect_timeout=0.5).scan(letter())
    with pytest.raises(ScannerUnavailable):
        Clamd(path="/nowhere/clamd.sock").scan(letter())


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: ", b"stream: OK", b"ERROR\0", b"stream: OK or not\0", b"stream: FOUND\0"],
)
def test_any_other_answer_is_no_verdict(answer):
    class Odd(socketserver.BaseRequestHandler):
        def handle(self):
            received = b""
            while not received.endswith(bytes(4)):
                received += self.request.recv(65536)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(ScannerUnavailable):
            Clamd(port=server.server_address[1], timeout=2).scan(io.BytesIO(b"letter"))


def test_a_silent_daemon_is_given_up(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = Clamd(port=server.getsockname()[1], timeout=0.2)
        with pytest.raises(ScannerUnavailable):
            scanner.scan(io.BytesIO(b"letter"))


def test_a_unix_socket_works_too(tmp_path):
    path = str(tmp_path / "clamd.sock")

    class Local(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    with Local(path, sandbox.Conversation) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert Clamd(path=path).scan(infected()).state == ScanState.INFECTED


def test_an_installation_without_a_scanner_is_warned(settings):
    assert [found.id for found in documents_are_scanned(None)] == ["eservices.W002"]

    settings.VIRUS_SCANNER = scanner_from_environment("unix:/run/clamd.ctl")
    assert documents_are_scanned(None) == []
    assert scanner().path == "/run/clamd.ctl"
    settings.VIRUS_SCANNER = scanner_from_environment("scanner.internal:3310")
    assert scanner().address == ("scanner.internal", 3310)
    with pytest.raises(ImproperlyConfigured):
        scanner_from_environment("scanner")

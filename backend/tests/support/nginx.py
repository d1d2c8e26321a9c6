"""A real nginx in front of a server, with the configuration that docs/operate.md gives to operators."""

import datetime as dt
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.ordinary_account import ORDINARY
from tests.support.polling import TIMEOUT, poll
from tests.support.stores import fresh

PACKAGING = Path(__file__).parents[3] / "packaging"
# What stands around a file in conf.d. `worker_shutdown_timeout` is what docs/operate.md tells to add there.
MAIN = """
worker_processes 2;
worker_shutdown_timeout 1s;
pid nginx.pid;
error_log nginx.log notice;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {inside}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """An nginx that serves `url` over TLS."""

    url: str
    folder: Path
    certificate: Path
    process: "subprocess.Popen[bytes]"

    def browser(self, *, http2: bool = False, address: str = "127.0.0.1") -> httpx.Client:
        """A client that trusts the certificate, and connects from one of this machine's own addresses."""
        tls = ssl.create_default_context(cafile=self.certificate)
        transport = httpx.HTTPTransport(verify=tls, http1=not http2, http2=http2, local_address=address)
        return httpx.Client(transport=transport, base_url=self.url, timeout=TIMEOUT)

    def reload(self) -> None:
        """Read the configuration again, as `systemctl reload nginx` does, and wait until other processes serve."""
        before = self._workers()
        self.process.send_signal(signal.SIGHUP)
        poll(self._workers, lambda now: len(now - before) == 2, what="nginx has new worker processes")

    def _workers(self) -> set[str]:
        return set(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split())


def adapted(text: str, changes: Mapping[str, str]) -> str:
    """A configuration for another place. Each text that is changed must be in it."""
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


def operators(folder: Path, port: int, plain: int, upstream: str) -> str:
    """packaging/nginx.conf with the names, ports and files of a test."""
    changes = {
        "https://ask.uni.edu$request_uri": f"https://localhost:{port}$request_uri",
        "unix:/run/uconnect.sock": upstream,
        "server_name ask.uni.edu;": "server_name localhost;",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/ssl/uconnect/": f"{folder}/",
        "Host $host;": "Host $host:$server_port;",
    }
    return adapted((PACKAGING / "nginx.conf").read_text("utf-8"), changes)


@contextmanager
def nginx(folder: Path, port: int, inside: str) -> Iterator[Nginx]:
    """An nginx with this inside its `http`, until the block ends."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert found, "nginx is missing: `make test` installs it"
    folder.mkdir(exist_ok=True)
    make_certificate(folder)
    (folder / "nginx.conf").write_text(MAIN.format(inside=inside))
    log = folder / "nginx.log"
    command = [*ORDINARY, found, "-p", str(folder), "-e", str(log), "-c", "nginx.conf", "-g", "daemon off;"]
    process = subprocess.Popen(command)
    front = Nginx(f"https://localhost:{port}", folder, folder / "fullchain.pem", process)

    def answers() -> bool:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with front.browser() as http:
                http.get("/api/health")
        except httpx.TransportError:
            return False
        return True

    try:
        poll(answers, what="nginx answers")
        yield front
    finally:
        process.terminate()
        process.wait(60)


def make_certificate(folder: Path) -> None:
    """A certificate for this machine that nobody has signed but itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"uconnect {fresh()}")])  # each is found by its name
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)

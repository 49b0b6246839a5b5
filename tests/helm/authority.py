"""Certificates for tests, by openssl."""
import subprocess
from pathlib import Path

NEW = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 1)


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """An authority that lives for a day, with its files in a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        openssl(*NEW, "-subj", "/CN=authority", "-keyout", self.folder / "ca.key", "-out", self.folder / "ca.crt")

    @property
    def certificate(self):
        return (self.folder / "ca.crt").read_bytes()

    def issue(self, name, alternative):
        """What a Secret of kubernetes.io/tls has, for a certificate with this alternative name."""
        files = [self.folder / f"{name}.crt", self.folder / f"{name}.key"]
        openssl(*NEW, "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}",
                "-addext", "basicConstraints=CA:FALSE", "-CA", self.folder / "ca.crt", "-CAkey", self.folder / "ca.key",
                "-out", files[0], "-keyout", files[1])
        return {"ca.crt": self.certificate, "tls.crt": files[0].read_bytes(), "tls.key": files[1].read_bytes()}

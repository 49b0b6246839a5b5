"""A MariaDB on a port of this machine, for as long as a test lasts."""
import os
import socket
import subprocess
import time

# As README.md says that they should be.
USERS = """
CREATE DATABASE IF NOT EXISTS inventory;
CREATE USER IF NOT EXISTS inventory_owner@'%' IDENTIFIED BY 'owner secret';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON inventory.* TO inventory_owner@'%';
CREATE USER IF NOT EXISTS inventory@'%' IDENTIFIED BY 'server secret';
GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.* TO inventory@'%';
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        folder.mkdir()
        self.user = ["--user=root"] if os.geteuid() == 0 else []
        with open(folder / "install.out", "w", encoding="utf-8") as log:
            subprocess.run(["mariadb-install-db", "--no-defaults", *self.user, "--skip-test-db",
                            "--auth-root-authentication-method=normal", f"--datadir={folder}/data"],
                           check=True, stdout=log, stderr=log)
        self.start(USERS)

    def start(self, statements):
        """Runs it, after these statements, a line each."""
        (self.folder / "init.sql").write_text(statements)
        with open(self.folder / "mariadbd.out", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["mariadbd", "--no-defaults", *self.user, f"--datadir={self.folder}/data", "--bind-address=127.0.0.1",
                 f"--port={self.port}", f"--socket={self.folder}/socket", f"--init-file={self.folder}/init.sql",
                 "--innodb-buffer-pool-size=64M"], stdout=log, stderr=log)
        # It listens before it has executed the statements, and before it heeds SIGTERM.
        deadline = time.monotonic() + 60
        while "ready for connections" not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError("the database did not start: " + self.said()[-2000:])
            time.sleep(0.1)

    def said(self):
        return (self.folder / "mariadbd.out").read_text()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def run(self, statements):
        """Executes statements, by a restart, for want of a client that every machine has."""
        self.stop()
        self.start(statements)

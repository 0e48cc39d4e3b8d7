"""A process that has imported what the Azure CLI imports, and forks for every command.

    venv/bin/python tests/clients/az-server.py SOCKET

The client is the installed one, unmodified: a child runs the module `azure.cli` as `python -m azure.cli` does, with the
arguments, environment, folder and standard streams of the one that asks. Nothing of `azure.cli` is imported before,
because it reads the environment when it is imported; only libraries are, which is where the time goes.

The server ends when its standard input does, so it never outlives who started it. Asked by `az-shim/az`.
"""

import array
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback

LIBRARIES = [
    "argcomplete", "azure.core.pipeline", "azure.core.rest", "azure.keyvault.secrets", "azure.mgmt.authorization",
    "azure.mgmt.core.tools", "azure.mgmt.keyvault", "azure.mgmt.resource.resources", "azure.mgmt.storage",
    "azure.storage.blob", "cryptography.x509", "jmespath", "knack.cli", "msal", "msal_extensions", "msrest",
    "requests", "requests_oauthlib", "urllib3", "yaml",
]


def receive(connection):
    """What is asked (JSON, its length before it), and the three streams."""
    fds = array.array("i")
    head, ancillary, _, _ = connection.recvmsg(8, socket.CMSG_SPACE(3 * fds.itemsize))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    length, body = int(head, 16), b""
    while len(body) < length:
        part = connection.recv(length - len(body))
        if not part:
            raise EOFError("half a question")
        body += part
    return json.loads(body), list(fds)


def stay_here(event, arguments):
    """Some commands do not heed the proxy. Nothing may leave this machine, not even the question for a name."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in (None, "", "localhost", "::1") and not host.startswith("127."):
        raise ConnectionRefusedError(f"{host} is not this machine, and was asked past the proxy")


def become(asked, fds):
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
        os.close(fd)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.environ["AZ_INSTALLER"] = "PIP"
    sys.argv = ["az", *asked["arguments"]]
    for number, name in enumerate(["stdin", "stdout", "stderr"]):
        stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def exit_code(of):
    if of is None or isinstance(of, int):
        return of or 0
    print(of, file=sys.stderr)
    return 1


def serve(connection):
    """In a child: the command, then its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Libraries that were imported before hold on to these; what they buffer goes to the streams of the one that asks.
    before = [sys.stdout, sys.stderr]
    code = 1
    try:
        become(*receive(connection))
        sys.addaudithook(stay_here)
        runpy.run_module("azure.cli", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = exit_code(ended.code)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in [*before, sys.stdout, sys.stderr]:
            stream.flush()
        connection.sendall(b"%d\n" % code)
        os._exit(code)


def main(path):
    for library in LIBRARIES:
        importlib.import_module(library)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("ready", flush=True)
    ready = selectors.DefaultSelector()
    ready.register(sys.stdin, selectors.EVENT_READ, None)
    ready.register(listener, selectors.EVENT_READ, listener)
    while True:
        for key, _ in ready.select():
            if key.data is None:
                os.unlink(path)
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                serve(connection)
            connection.close()


main(sys.argv[1])

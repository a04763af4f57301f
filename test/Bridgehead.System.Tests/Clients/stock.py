#!/usr/bin/python3
"""Starts Debian's own clients without paying for their imports each time.

stock.py serve SOCKET    loads the clients, and runs each command that comes in a process of its own: a fork
stock.py run SOCKET PROGRAM ARGUMENT ...
                         has it run there, with this process's files, folder and environment, and has its exit status
"""
import json
import os
import signal
import socket
import sys

PROGRAMS = {"openstack": "openstackclient.shell", "nova": "novaclient.shell"}
# Modules that the clients load while they run: what is there already costs a command nothing.
EARLY = """openstack.connection openstackclient.common.clientmanager openstackclient.compute.client openstackclient.identity.client openstackclient.image.client
openstackclient.network.client novaclient.v2.shell novaclient.v2.client keystoneclient.v3.client keystoneauth1.loading keystoneauth1.identity.v3 glanceclient.v2.client requests
openstackclient.compute.v2.server openstackclient.compute.v2.flavor openstackclient.identity.v3.project openstackclient.image.v2.image openstackclient.network.v2.network
openstackclient.network.v2.floating_ip openstackclient.network.v2.security_group cliff.formatters.table cliff.formatters.value cliff.formatters.json_format"""


def main(verb, place, *words):
    if verb == "serve":
        serve(place)
    else:
        sys.exit(run(place, words))


def serve(place):
    import importlib

    for name in list(PROGRAMS.values()) + EARLY.split():
        importlib.import_module(name)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(place)
    listener.listen(64)
    # Nobody waits for the forks here: each tells its end itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            watch(connection)
        connection.close()


def watch(connection):
    """Runs the command in a child, so that its end is told whatever it is."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    call, files = receive(connection)
    child = os.fork()
    if child == 0:
        become(call, files)
    connection.sendall(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)


def receive(connection):
    text, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(1 << 20)
    return json.loads(text), files


def become(call, files):
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    program, *words = call["words"]
    sys.argv = ["/usr/bin/" + program, *words]
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode, closefd=False) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
    try:
        sys.exit(sys.modules[PROGRAMS[program]].main(words))
    except SystemExit as end:
        status = end.code
        if status is not None and not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


def run(place, words):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(place)
    call = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}
    text = json.dumps(call).encode() + b"\n"
    sent = socket.send_fds(connection, [text], [0, 1, 2])
    connection.sendall(text[sent:])
    status = int(connection.recv(16) or b"255")
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    main(*sys.argv[1:])

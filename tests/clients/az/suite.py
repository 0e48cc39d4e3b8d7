"""Runs the commands of `operations.py` with the installed Azure CLI and judges what each answers."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

import jmespath

from operations import OPERATIONS, PEOPLE

VANTAGES = json.loads(pathlib.Path(os.environ["XTENANT_VANTAGES"]).read_text())
HERE = pathlib.Path(__file__).resolve().parent.parent
AZ = HERE / "az-shim/az"
HOME = pathlib.Path(tempfile.mkdtemp())


def environment(person):
    """The person's own login at the person's vantage."""
    variables = {**os.environ, **VANTAGES[PEOPLE[person]]["environment"]}
    variables |= {"AZURE_CONFIG_DIR": str(HOME / person), "AZURE_CORE_LOGIN_EXPERIENCE_V2": "no"}
    variables |= {"AZURE_CORE_SURVEY_MESSAGE": "no", "AZURE_CORE_NO_COLOR": "yes"}
    variables |= {"XTENANT_AZ_SERVER": str(HOME / "az.sock")}
    return {name: value for name, value in variables.items() if value is not None}


class Server:
    """The installed client, unmodified, in a process that has imported its libraries once and forks for each command."""

    def __enter__(self):
        python = pathlib.Path(os.environ["XTENANT_CLIENTS"]) / "venv/bin/python"
        command = [python, HERE / "az-server.py", HOME / "az.sock"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the Azure CLI does not start")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def execute(person, command, known):
    """A command of the list; `{name}` in it is what an earlier one kept, `dig` asks the vantage's name server."""
    words = [re.sub(r"\{(\w+)\}", lambda it: known[it[1]] if it[1] in known else it[0], word) for word in shlex.split(command)]
    if words[0] == "dig":
        host, port = VANTAGES[PEOPLE[person]]["dns"].rsplit(":", 1)
        words[1:1] = [f"@{host}", "-p", port, "+short", "+tries=1", "+time=5"]
    else:
        words[0] = str(AZ)
    return subprocess.run(words, env=environment(person), cwd=HOME, text=True, capture_output=True, timeout=120)


def complaint(ended, expected):
    """What is wrong with an answer; nothing where it is as expected."""
    if isinstance(expected, str):  # a refusal, by its code
        if ended.returncode == 0 or expected not in ended.stderr:
            return f"expected to be refused with {expected}, got {ended.returncode}: {ended.stderr or ended.stdout}"
        return None
    if ended.returncode != 0:
        return f"code {ended.returncode}: {ended.stderr}"
    if isinstance(expected, list):  # lines of text
        return None if ended.stdout.split() == expected else f"expected {expected}, got {ended.stdout!r}"
    try:
        answer = json.loads(ended.stdout or "null")
    except ValueError:
        return f"not JSON: {ended.stdout}"
    seen = {query: jmespath.search(query, answer) for query in expected}
    wrong = [f"{query}: expected {expected[query]!r}, got {seen[query]!r}" for query in expected if seen[query] != expected[query]]
    return "; ".join(wrong) + f" in {ended.stdout[:600]}" if wrong else None


def run():
    known = {}
    for person, command, expected, *keeps in OPERATIONS:
        try:
            ended = execute(person, command, known)
            why = complaint(ended, expected)
            if why is None and keeps:
                answer = json.loads(ended.stdout)
                known |= {name: jmespath.search(query, answer) for name, query in keeps[0].items()}
        except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
            why = repr(error)
        print(json.dumps({"operation": f"{person}: {command[:150]}", "ok": why is None, "why": why}), flush=True)


with Server():
    run()

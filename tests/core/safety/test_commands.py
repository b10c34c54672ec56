"""A forbidden command is seen however it is wrapped, and ordinary ones are left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.safety.commands import TOO_DEEP, blocked

RULES = ("kubectl apply", "git push", "npm publish", "twine upload", "docker push", "ssh", "curl")


@pytest.mark.parametrize(
    ("argv", "rule"),
    [
        (["kubectl", "apply", "-f", "x"], "kubectl apply"),
        (["/usr/local/bin/kubectl", "apply"], "kubectl apply"),
        (["kubectl", "--context", "prod", "apply"], "kubectl apply"),
        (["kubectl", "--context=prod", "-v", "9", "apply"], "kubectl apply"),
        (["KUBECTL.exe", "apply"], "kubectl apply"),
        (["git", "-C", "sub", "push"], "git push"),
        (["npm", "--silent", "publish"], "npm publish"),
        (["env", "X=1", "kubectl", "apply"], "kubectl apply"),
        (["env", "-u", "Y", "-i", "X=1", "curl"], "curl"),
        (["env", "-S", "git push"], "git push"),
        (["X=1", "curl", "h"], "curl"),
        (["sudo", "-u", "root", "curl"], "curl"),
        (["timeout", "-k", "5", "10s", "curl"], "curl"),
        (["nohup", "nice", "-n", "5", "ssh", "host"], "ssh"),
        (["xargs", "-n1", "-I", "{}", "curl", "{}"], "curl"),
        (["find", ".", "-name", "x", "-exec", "curl", "{}", ";"], "curl"),
        (["uv", "run", "twine", "upload"], "twine upload"),
        (["python", "-m", "twine", "upload"], "twine upload"),
        (["python3.11", "-mtwine", "upload"], "twine upload"),
        (["python", "-c", "import os; os.system('kubectl apply -f x')"], "kubectl apply"),
        (["python", "-c", "import subprocess as s; s.run(['git', 'push'])"], "git push"),
        (["perl", "-e", "exec 'curl', 'x'"], "curl"),
        (["kubectl apply -f x"], "kubectl apply"),
        (["busybox", "sh", "-c", "ssh x"], "ssh"),
    ],
)
def test_a_forbidden_program_is_seen(argv, rule):
    assert blocked(argv, RULES) == rule


@pytest.mark.parametrize(
    "script",
    [
        "kubectl apply",
        "true; kubectl apply",
        "true && kubectl apply",
        "false || kubectl apply",
        "cat x | kubectl apply -f -",
        "true\nkubectl apply",
        "true &kubectl apply",
        "(kubectl apply)",
        "{ kubectl apply; }",
        "if true; then kubectl apply; fi",
        "for i in 1 2; do kubectl apply; done",
        "f() { kubectl apply; }; f",
        "! kubectl apply",
        'echo "$(kubectl apply)"',
        "echo `kubectl apply`",
        'x=$(true; "kubectl" apply)',
        "k'ube'c\"tl\" apply",
        "\\kubectl apply",
        "kube\\\nctl apply",
        "K=kubectl; $K apply",
        "A=apply; kubectl ${A}",
        "kubectl${IFS}apply",
        "{kubectl,apply}",
        ">/dev/null 2>&1 kubectl apply",
        "/usr/bin/kubect? apply",
        "eval kubectl apply",
        "eval 'kube''ctl apply'",
        "exec kubectl apply",
        "echo kubectl apply | sh",
        "bash -c 'sh -c \"kubectl apply\"'",
        "bash -ec 'kubectl apply'",
        "bash <<EOF\nkubectl apply\nEOF",
        "# a comment\nkubectl apply",
        "diff <(kubectl apply) x",
        "case x in x) kubectl apply;; esac",
    ],
)
@pytest.mark.parametrize("shell", [["sh", "-c"], ["/bin/bash", "-lc"], ["sudo", "zsh", "-o", "x", "-c"]])
def test_a_forbidden_command_in_a_script_is_seen(shell, script):
    assert blocked([*shell, script], RULES) == "kubectl apply"


@pytest.mark.parametrize(
    "argv",
    [
        ["pytest", "-k", "ssh"],
        ["pytest", "tests/ssh", "curl"],
        ["python", "-m", "pytest", "-q", "tests/curl"],
        ["timeout", "60", "pytest", "-k", "curl"],
        ["git", "log", "push"],
        ["git", "commit", "-m", "git push"],
        ["kubectl", "get", "apply"],
        ["echo", "kubectl", "apply"],
        ["grep", "-r", "curl", "."],
        ["sh", "-c", "pytest -q 2>&1 | tail -5"],
        ["sh", "-c", "echo 'kubectl apply'"],
        ["sh", "-c", "true # kubectl apply"],
        ["find", ".", "-name", "ssh"],
        [],
        [""],
    ],
)
def test_ordinary_commands_run(argv):
    assert blocked(argv, RULES) is None


def test_a_command_nested_out_of_sight_is_not_run():
    script = "true"
    for _ in range(12):
        script = f"eval {script}"
    assert blocked(["sh", "-c", script], RULES) == TOO_DEEP


@given(st.lists(st.text(max_size=40), max_size=6))
def test_odd_command_lines_are_judged_without_a_crash(argv):
    verdict = blocked(argv, RULES)
    assert verdict is None or verdict in (*RULES, TOO_DEEP)


@given(st.text(alphabet="ab;&|\n(){}`$\"'\\ <>#=", max_size=60))
def test_odd_scripts_still_show_the_command_after_them(noise):
    quiet = noise.translate(dict.fromkeys(map(ord, "`$\"'\\<#({")))
    assert blocked(["sh", "-c", quiet + "\nkubectl apply"], RULES) == "kubectl apply"


@pytest.mark.parametrize("piece", ["$(", "`", "(", "{a,", "'", '"', "\\", "<", "$A", "a=a;", "${", "eval "])
def test_a_long_hostile_script_is_quick(piece):
    started = time.perf_counter()
    blocked(["sh", "-c", piece * 50_000], RULES)
    assert time.perf_counter() - started < 30

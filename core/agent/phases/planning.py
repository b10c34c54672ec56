"""Plan: which files may change and why, checked by a program, or why no change is right."""

from __future__ import annotations

import re

from rootcase.core.agent.brief import brief
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.rounds import finished_rounds
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.ending import NoFix, Plan
from rootcase.core.agent.tools.located import located
from rootcase.core.agent.tools.offer import any_tool
from rootcase.core.agent.tools.places import Places, code_of, is_test
from rootcase.core.agent.tools.tool import Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.entries import PhaseEnded, PhaseStarted, PlanMade
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.safety.paths import matches
from rootcase.core.safety.text import clean_line

STEPS = 6
OUTPUT_TOKENS = 2_000
LISTED_TESTS = 40


async def plan(case: Case, deps: Deps) -> Stage:
    """Yields a PlanMade. ModelError where no plan holds against the program's checks."""
    places = Places(deps.repository, code_of(case), "head")
    planner = _Planner(places, deps.settings.guardrails, deps)
    terms = Terms("plan", "strong", 1 + finished_rounds(case, "plan"), STEPS, OUTPUT_TOKENS)
    tools = [
        any_tool(Tool("plan", "The plan, ends this phase.", Plan, planner.plan, ends=True)),
        any_tool(
            Tool(
                "no_fix",
                "No change to this code is right; ends this phase.",
                NoFix,
                planner.no_fix,
                ends=True,
            )
        ),
    ]
    tests = nearest([path for path in await places.files("head") if is_test(path)], case)
    more = f"\n… and {len(tests) - LISTED_TESTS} more" if len(tests) > LISTED_TESTS else ""
    listed = ("Tests of the repository, the nearest first", "\n".join(tests[:LISTED_TESTS]) + more)
    extra = [listed, ("Limits", planner.limits())]
    talk = Talk(
        deps,
        terms,
        Toolbox(tools, deps.redactor),
        case,
        system=prompt("plan"),
        brief=brief("plan", case, deps, extra),
    )
    yield PhaseStarted("plan", model=deps.model.name(terms.role), round=terms.round)
    async for body in talk.run():
        yield body
    if talk.ending is None:
        yield PhaseEnded("plan", False, "no plan held")
        raise ModelError(
            "No plan held", f"{STEPS} plans of {deps.model.name(terms.role)} broke a rule or named missing files.",
            "Steer the run with what to change and start it again.",
        )  # fmt: skip
    yield PhaseEnded("plan", talk.ending.ok, talk.ending.summary)


def nearest(tests: list[str], case: Case) -> list[str]:
    """The tests ordered by how many words their paths share with those of the case; a file's own name counts most."""
    code = case.code
    about = {frame.path for frame in code.frames if frame.verdict != "not ours"} if code else set()
    about |= {candidate.path for candidate in code.candidates} if code else set()
    words = {word for path in about for word in _words(path)}

    def shared(path: str) -> int:
        return len(_words(path) & words) + len(_words(path.rpartition("/")[2]) & words)

    return sorted(tests, key=lambda path: (-shared(path), path))


def _words(path: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", path.rpartition(".")[0].lower()) if len(word) > 2}


class _Planner:
    """Checks a plan before it is recorded."""

    def __init__(self, places: Places, guardrails: GuardrailSettings, deps: Deps) -> None:
        self._places = places
        self._guardrails = guardrails
        self._redactor = deps.redactor
        self._control = deps.control
        self._told_of_pin = False

    def limits(self) -> str:
        protected = ", ".join(self._guardrails.protected_files)
        return (
            f"At most {self._guardrails.max_files_modified} files besides the test. Protected: {protected}."
        )

    async def plan(self, ask: Plan) -> ToolResult:
        files = tuple(dict.fromkeys([await located(self._places, path) for path in ask.files]))
        test_file = await located(self._places, ask.test_file, may_be_new=True)
        claims = tuple(dict.fromkeys(name.strip("[] ").lower() for name in ask.claims))
        case = await self._control.checkpoint()
        wrong = await self._wrong(files, test_file) or self._unfounded(claims, case)
        if wrong:
            return failure(f"The plan does not hold: {wrong}")
        made = PlanMade(
            self._line(ask.summary), tuple(f for f in files if f != test_file), test_file, self._line(ask.cause),
            self._line(ask.risk), self._line(ask.rollback), claims=claims or founding(case),
        )  # fmt: skip
        words = f"may change {', '.join(made.files)} and {test_file}"
        return ToolResult("The plan holds.", bodies=(made,), ending=Ending(True, words))

    async def no_fix(self, ask: NoFix) -> ToolResult:
        reason = f"{ask.kind.replace('_', ' ')}: {self._line(ask.reason)}"
        needs = tuple(self._line(need) for need in ask.needs if need.strip())
        if ask.kind == "not_enough_evidence" and not needs:
            return failure("Name in `needs` what is missing and the next look-up that would settle it.")
        made = PlanMade(
            self._line(ask.reason), (), no_fix=" Next: ".join((reason, *needs[:1])), needs=needs,
            claims=founding(await self._control.checkpoint()),
        )  # fmt: skip
        return ToolResult("Recorded.", bodies=(made,), ending=Ending(True, f"no change is right, {reason}"))

    def _unfounded(self, claims: tuple[str, ...], case: Case) -> str:
        """Why the plan goes against what was found or what the engineer says, "" where it does not."""
        known = {claim.id: claim for claim in case.claims}
        for name in claims:
            if name not in known:
                return f"there is no claim {name}; there are {', '.join(known) or 'none'}."
            if known[name].status == "refuted" and name != case.pinned:
                return f"it rests on {name}, which is refuted: {known[name].why or known[name].text}"
        pinned = known.get(case.pinned)
        if pinned is None or pinned.id in claims or (not claims and self._told_of_pin):
            return ""
        self._told_of_pin = True
        return (
            f'the engineer says that {pinned.id} is the cause: "{pinned.text}" Plan a repair of that and name it in '
            "`claims`, or call no_fix."
        )

    async def _wrong(self, files: tuple[str, ...], test_file: str) -> str:
        """The first rule that the plan breaks, "" where it holds."""
        code = [path for path in files if path != test_file]
        if not code:
            return "it names no file to change. Where no change is right, call no_fix."
        if len(code) > self._guardrails.max_files_modified:
            return f"{len(code)} files are more than {self._guardrails.max_files_modified}."
        known = set(await self._places.files("head"))
        for path in (*code, test_file):
            rule = matches(path, self._guardrails.protected_files)
            if rule:
                return f"{path} is protected by the rule {rule}."
            if path != test_file and path not in known:
                near = ", ".join(await self._places.near(path, "head"))
                return f"there is no {path} at HEAD." + (f" Near: {near}." if near else "")
            if path != test_file and is_test(path):
                return f"{path} is a test; the plan names one test file, and otherwise code."
        if not is_test(test_file):
            return f"{test_file or 'nothing'} is not where tests are; name a file such as tests/test_name.py."
        return ""

    def _line(self, text: str) -> str:
        return self._redactor.text(clean_line(text, limit=500))


def founding(case: Case) -> tuple[str, ...]:
    """The claims that a plan rests on which names none: the pinned one, else the causes that are not refuted."""
    causes = tuple(claim.id for claim in case.claims if claim.role == "cause" and claim.status != "refuted")
    return (case.pinned,) if case.pinned else causes

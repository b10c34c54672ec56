// A reporter for `node --test`, copied beside a test run: JUnit XML with each test's file, its suites, and the error
// as it was thrown. It also writes how many tests are done, and nothing else.
import { writeFileSync } from "node:fs";

const shown = (text) => String(text ?? "").replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, "\uFFFD");
const escaped = (text) =>
  shown(text).replace(/[&<>"\n]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" })[c]);

function thrown(error) {
  const inner = error?.cause instanceof Error || error?.cause?.stack ? error.cause : undefined;
  const first = inner ?? error;
  let text = first?.stack ?? String(error?.cause ?? error);
  for (let cause = first?.cause, deep = 0; cause?.stack && deep < 5; cause = cause.cause, deep += 1) {
    text += ` {\n  [cause]: ${cause.stack.replace(/\n/g, "\n  ")}\n}`;
  }
  return text;
}

function outcome({ name, file, skip, todo, details }, failed, said) {
  if (skip !== undefined || (todo !== undefined && failed)) return "<skipped/>";
  if (!failed) return "";
  const whole = file && (name === file || file.endsWith(`/${name}`));
  const text = whole ? said || thrown(details.error) : thrown(details.error);
  const tag = whole || details.error?.failureType === "hookFailed" ? "error" : "failure";
  return `<${tag} message="${escaped(details.error?.message).slice(0, 500)}">${escaped(text)}</${tag}>`;
}

export default async function* reporter(source) {
  const names = [];
  const said = new Map();
  let done = 0;
  let written = 0;
  yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n';
  for await (const { type, data } of source) {
    if (type === "test:start") names[data.nesting] = data.name;
    if (type === "test:stderr") said.set(data.file, ((said.get(data.file) ?? "") + data.message).slice(-20000));
    if (type !== "test:pass" && type !== "test:fail") continue;
    const failed = type === "test:fail";
    // A suite, or a test whose parts failed, says nothing that its parts do not.
    if (failed && data.details.error?.failureType === "subtestsFailed") continue;
    if (data.details.type === "suite" && !(failed && data.details.error?.failureType === "hookFailed")) continue;
    done += 1;
    const suites = names.slice(0, data.nesting).join("::");
    const seconds = (data.details.duration_ms ?? 0) / 1000;
    yield `<testcase name="${escaped(data.name)}" classname="${escaped(suites)}" file="${escaped(data.file)}"` +
      ` time="${seconds}">${outcome(data, failed, said.get(data.file))}</testcase>\n`;
    if (process.env.ROOTCASE_PROGRESS && Date.now() - written > 200) {
      written = Date.now();
      writeFileSync(process.env.ROOTCASE_PROGRESS, `${done} 0`);
    }
  }
  yield "</testsuites>\n";
}

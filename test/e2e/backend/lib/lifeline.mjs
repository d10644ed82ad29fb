import fs from "node:fs";

const LOOK_MS = 500;

// Calls onGone when the process that started this one has ended: a pipe on stdin has closed or, if stdin is no pipe as in CI,
// this process has another parent.
export function watchCaller(onGone, { stdin }) {
  if (stdin && isPipe()) {
    process.stdin.on("end", () => onGone("stdin was closed"));
    process.stdin.on("error", () => onGone("stdin was closed"));
    process.stdin.resume();
  }
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) onGone("the parent process is gone");
  }, LOOK_MS);
  timer.unref();
}

function isPipe() {
  try {
    const stat = fs.fstatSync(0);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

import fs from "node:fs";

const LOOK_MS = 500;

// Calls onGone when whoever started us is gone: a pipe on stdin has closed, or, if stdin is no pipe
// (CI has none), we have been given another parent.
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

// The guard is a process that outlives its parent to clean up after it. It reads from a pipe which processes the parent has
// started. When the pipe closes, because the parent has ended or was killed, it ends the processes that are left and
// removes the parent's directory.
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 5_000;

// The parent's side.
export class Guard {
  #child;

  constructor(dir) {
    this.#child = spawn(process.execPath, [fileURLToPath(import.meta.url), dir], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    this.#child.stdin.on("error", () => {}); // the run does not depend on the guard
    this.#child.unref();
    this.#child.stdin.unref?.();
  }

  // Ends the guard when there is nothing left to clean up.
  dismiss() {
    this.#child.stdin.end();
  }

  // Adds a process, and removes it when it has ended, as its id may be another process's then.
  watch = (child) => {
    const write = (text) => this.#child.stdin.writable && this.#child.stdin.write(`${text}\n`);
    write(child.pid);
    child.once("exit", () => write(-child.pid));
  };
}

async function main(dir) {
  const pids = new Set();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const pid = Number(line);
    if (pid > 0) pids.add(pid);
    else pids.delete(-pid);
  }
  for (const pid of pids) await end(pid);
  await fs.rm(dir, { recursive: true, force: true, maxRetries: 5 });
}

async function end(pid) {
  if (!send(pid, "SIGINT")) return;
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
    await sleep(50);
    if (!send(pid, 0)) return;
  }
  send(pid, "SIGKILL");
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]);

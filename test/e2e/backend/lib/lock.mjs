import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockDir } from "./paths.mjs";
import { say } from "./log.mjs";

const HEARTBEAT_MS = 2_000;
const STALE_MS = 30_000;
const WAIT_MS = 200;
const QUIET_WAITS = 10;

// Runs work while no other process on this machine has the lock of that name. A process with a lock touches the lock file
// regularly, so the lock of a process that died is taken over.
export async function withLock(name, work) {
  await fs.mkdir(lockDir, { recursive: true });
  const file = path.join(lockDir, `${name}.lock`);
  await take(file, name);
  const heartbeat = setInterval(() => fs.utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await fs.rm(file, { force: true });
  }
}

async function take(file, name) {
  for (let waits = 0; ; waits++) {
    try {
      await fs.writeFile(file, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (await isStale(file)) {
      await fs.rm(file, { force: true });
      continue;
    }
    if (waits === QUIET_WAITS) say(`waiting for another process to finish: ${name}`);
    await sleep(WAIT_MS);
  }
}

async function isStale(file) {
  try {
    const [{ mtimeMs }, pid] = await Promise.all([fs.stat(file), fs.readFile(file, "utf8")]);
    return Date.now() - mtimeMs > STALE_MS || (pid !== "" && isGone(Number(pid)));
  } catch (error) {
    if (error.code === "ENOENT") return false; // released just now
    throw error;
  }
}

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

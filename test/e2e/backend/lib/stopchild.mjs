import { setTimeout as sleep } from "node:timers/promises";

export function exited(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", resolve));
}

// Sends the signal to a child, and SIGKILL if it has not ended in time.
export async function stopChild(child, signal, patienceMs) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const end = exited(child);
  child.kill(signal);
  const late = new AbortController();
  const giveUp = sleep(patienceMs, "late", { signal: late.signal, ref: false }).catch(() => {});
  if ((await Promise.race([end, giveUp])) === "late") child.kill("SIGKILL");
  late.abort();
  await end;
}

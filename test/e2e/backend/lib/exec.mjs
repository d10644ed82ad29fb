import { spawn } from "node:child_process";
import os from "node:os";

// Runs the command and returns its exit code as a shell does.
export function runCommand([program, ...args], env) {
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
  const code = new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`cannot run ${program}: ${error.message}`)));
    child.on("exit", (exit, signal) => resolve(exit ?? 128 + os.constants.signals[signal]));
  });
  return { child, code };
}

import fs from "node:fs";
import path from "node:path";

// Medusa's telemetry sends home on every exit, and keeps what it could not send in the user's own configuration
// directory, where it grew by gigabytes. MEDUSA_DISABLE_TELEMETRY only stops new events: the sender goes on starting.
// So Medusa gets a configuration directory of its own that says no. Returns the environment that does it.
export function withoutTelemetry(runDir) {
  const configHome = path.join(runDir, "config");
  fs.mkdirSync(path.join(configHome, "medusa"), { recursive: true });
  fs.writeFileSync(path.join(configHome, "medusa", "config.json"), JSON.stringify({ telemetry: { enabled: false } }));
  return { MEDUSA_DISABLE_TELEMETRY: "true", XDG_CONFIG_HOME: configHome };
}

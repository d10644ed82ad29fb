import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const cacheDir = path.join(root, ".cache");
export const medusaDir = path.join(root, "medusa");
export const extendedDir = path.join(root, "extended");
export const modulesDir = path.join(root, "node_modules");

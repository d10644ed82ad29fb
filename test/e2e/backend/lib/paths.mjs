import path from "node:path";
import { fileURLToPath } from "node:url";

// The Medusa version that BACKEND_VERSION names, one of the folders in versions/; otherwise that of package.json.
export const version = process.env.BACKEND_VERSION || null;

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const lockDir = path.join(root, ".cache"); // one for all versions, which share packages
export const cacheDir = path.join(lockDir, ...(version ? [version] : []));
export const projectsDir = path.join(root, "projects");
export const modulesDir = path.join(root, "node_modules");

// The Medusa project lies beside the packages that it requires. An older version's is a copy in the cache.
export const projectRoot = version ? path.join(cacheDir, "project") : root;
export const medusaDir = path.join(projectRoot, "medusa");
export const manifestDir = version ? path.join(root, "versions", version) : root;

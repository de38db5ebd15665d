/** The oldest Node that the package runs on, as in "engines" of package.json. */
const OLDEST = { major: 22, minor: 18 };

/**
 * A message that says what to do, or null if this Node is new enough. `version` is as in `process.versions.node`; `main` is the file that
 * was started, because npx finds a package by name only in a project.
 */
export function nodeTooOld(version: string, main: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return null;
  const oldest = `${OLDEST.major}.${OLDEST.minor}`;
  return (
    `scoreframe needs Node ${oldest} or newer, and this is Node ${version}. Install a newer one from https://nodejs.org, or run it as: ` +
    `npx -y -p node@24 node ${main}`
  );
}

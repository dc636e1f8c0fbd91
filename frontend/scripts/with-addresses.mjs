// Where a registry keeps the packages of a lock.

/**
 * @typedef {{name?: string, version?: string, resolved?: string, [field: string]: unknown}} LockedPackage
 * @typedef {{packages: Record<string, LockedPackage>, [field: string]: unknown}} Lock
 */

/**
 * @param {string} name
 * @param {string | undefined} version
 */
const path = (name, version) => `${name}/-/${name.replace(/^@[^/]*\//, "")}-${version}.tgz`;

/**
 * @param {Lock} lock
 * @param {string} sample the name of a package of the lock
 * @param {string} address where the registry keeps the sample
 * @returns {Lock} the lock with the address of each package, or as it was where the sample's is not by name and version
 */
export function withAddresses(lock, sample, address) {
  const known = path(sample, lock.packages[`node_modules/${sample}`]?.version);
  if (!address.endsWith(`/${known}`)) return lock;
  const registry = address.slice(0, -known.length);
  const packages = Object.entries(lock.packages).map(([place, one]) => {
    const name =
      one.name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    return [place, place === "" ? one : { ...one, resolved: registry + path(name, one.version) }];
  });
  return { ...lock, packages: Object.fromEntries(packages) };
}

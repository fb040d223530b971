/** The version of Loom; package.json says the same. */
export const LOOM_VERSION = '0.1.0';

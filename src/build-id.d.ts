/** A hash of the sources that this build was made from; set by vite.config.ts. */
declare const __BUILD_ID__: string;

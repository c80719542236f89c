import packageJson from '../package.json' with { type: 'json' };

/** Version of Lifeboat. */
export const VERSION: string = packageJson.version;

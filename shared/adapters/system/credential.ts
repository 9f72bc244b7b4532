import type { TokenCredential } from '@azure/identity';

/** The app's own identity in Azure, loaded when somebody needs it. */
export const systemCredential = async (): Promise<TokenCredential> => {
  const { DefaultAzureCredential } = await import('@azure/identity');
  made ??= new DefaultAzureCredential();
  return made;
};

let made: TokenCredential | undefined;

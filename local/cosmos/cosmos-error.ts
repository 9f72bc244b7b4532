/** A refusal of the store, as Cosmos DB answers it: `{ code, message }`. */
export type CosmosError = Error & { readonly status: number; readonly code: string };

export const cosmosError = (status: number, code: string, message: string): CosmosError =>
  Object.assign(new Error(message), { status, code });

export const isCosmosError = (error: unknown): error is CosmosError =>
  error instanceof Error && 'status' in error && 'code' in error;

export const notSupported = (feature: string): CosmosError =>
  cosmosError(400, 'BadRequest', `The local Cosmos DB has no ${feature}`);

export const notFound = (): CosmosError => cosmosError(404, 'NotFound', 'Resource Not Found.');

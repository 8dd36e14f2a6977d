import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Moto, motoClient, startMoto } from "../../../packages/local-aws/moto.ts";
import { findMoto } from "../../../tools/moto.ts";

/**
 * moto's DynamoDB, with a table for each test: its conditions, transactions and order decide, not a stand-in of ours.
 * @returns the client and the name of the table of the test that runs
 */
export function motoTable(): { client: () => DynamoDBClient; table: () => string } {
  let moto: Moto;
  let client: DynamoDBClient;
  let tables = 0;
  const table = () => `releases-${tables}`;
  beforeAll(async () => {
    moto = await startMoto(await findMoto(() => undefined), () => undefined);
    client = new DynamoDBClient({ region: "eu-central-1", ...motoClient(moto.agent) });
  }, 300_000);
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });
  beforeEach(async () => {
    tables += 1;
    const keys = ["pk", "sk"];
    await client.send(
      new CreateTableCommand({
        TableName: table(),
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
      }),
    );
  });
  return { client: () => client, table };
}

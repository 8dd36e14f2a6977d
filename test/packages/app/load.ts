import autocannon from "autocannon";

/** A load under way. */
export interface Load {
  instance: autocannon.Instance;
  /** What it counted, once it has ended; rejects when it could not begin. */
  result: Promise<autocannon.Result>;
}

/** Starts a load; `answered` hears of each answer. */
export function startLoad(options: autocannon.Options, answered: (status: number) => void): Load {
  let settle: (error: Error | null, result: autocannon.Result) => void;
  const result = new Promise<autocannon.Result>((resolve, reject) => {
    settle = (error, counted) => (error === null ? resolve(counted) : reject(error));
  });
  const instance = autocannon(options, (error: Error | null, counted) => settle(error, counted));
  instance.on("response", (_, status) => answered(status));
  return { instance, result };
}

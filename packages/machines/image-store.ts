import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../../tools/run.ts";

/** Tag of an image: the root file system in the store that its instances boot from. */
export const rootTag = "rehearsal:root";

/** A root file system that machines boot from, as a layer over another. */
export interface StoredImage {
  id: string;
  /** The image that it was made from; absent for the first one. */
  parent?: string;
  /** Tags that the image has in every cloud. */
  tags: Record<string, string>;
}

/** Root file systems, each a folder with a layer and who it stands on. */
export class ImageStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async get(id: string): Promise<StoredImage> {
    return JSON.parse(await readFile(path.join(this.folder, id, "image.json"), "utf8")) as StoredImage;
  }

  /** Read-only folders of an image, topmost first. */
  async layers(id: string): Promise<string[]> {
    const { parent } = await this.get(id);
    const own = this.layer(id);
    return parent === undefined ? [own] : [own, ...(await this.layers(parent))];
  }

  /** Where an image's own layer is. */
  layer(id: string): string {
    return path.join(this.folder, id, "layer");
  }

  /** Adds an image whose layer `fill` writes into a new folder. Where that fails, nothing of it is left. */
  async add(image: StoredImage, fill: (layer: string) => Promise<void>): Promise<void> {
    await mkdir(this.layer(image.id), { recursive: true });
    try {
      await fill(this.layer(image.id));
      await this.describe(image);
    } catch (error) {
      await rm(path.join(this.folder, image.id), { recursive: true, force: true });
      throw error;
    }
  }

  /** Adds an image from what a machine has written, deletions included. */
  addFrom(image: StoredImage, upper: string): Promise<void> {
    // Not Node's own copy: it knows neither the devices nor the attributes that mark what was deleted.
    return this.add(image, async (layer) => void (await run("cp", ["-a", `${upper}/.`, layer])));
  }

  /** Adds an image that differs from its parent by what a shell script does in it. */
  async derive(image: StoredImage & { parent: string }, script: string): Promise<void> {
    const LOWER = (await this.layers(image.parent)).join(":");
    await this.add(image, async (LAYER) => {
      await run("bash", [path.join(import.meta.dirname, "derive.sh")], {
        env: { ...process.env, LOWER, LAYER, SCRIPT: script },
      });
    });
  }

  /** Writes an image's tags and parent anew. */
  async describe(image: StoredImage): Promise<void> {
    await writeFile(path.join(this.folder, image.id, "image.json"), `${JSON.stringify(image, null, 2)}\n`);
  }
}

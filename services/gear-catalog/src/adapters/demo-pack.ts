import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DemoFile, DemoPack } from '../application/ports';

const file = z.object({
  file: z.string().regex(/^[a-z]+\/[A-Za-z0-9._-]+$/),
  title: z.string(),
  kind: z.enum(['di', 'capture', 'ir']),
  sha256: z.string(),
  gear_type: z.enum(['pedal', 'amp', 'full_rig', 'outboard']).optional(),
  tone_type: z.string().optional(),
  description: z.string().optional(),
  licence: z.string(),
});
const manifest = z.object({ files: z.array(file) });

async function manifestIn(folder: string): Promise<z.output<typeof manifest>> {
  try {
    return manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: [] };
    throw error;
  }
}

/** Captures and impulse responses of the pack in a folder; none when there is no pack. Its DIs come through HTTP. */
export const demoPack =
  (folder: string): DemoPack =>
  async () => {
    const { files } = await manifestIn(folder);
    return files.flatMap(({ kind, gear_type: gearType = 'amp', tone_type: tag, file: path, ...about }): DemoFile[] => {
      if (kind === 'di') return [];
      const type = kind === 'ir' ? 'ir' : gearType;
      return [
        {
          ...about,
          kind,
          tag,
          gearType: type,
          description: about.description,
          read: () => readFile(join(folder, path)),
        },
      ];
    });
  };

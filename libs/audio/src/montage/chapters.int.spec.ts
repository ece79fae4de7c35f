import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { chapterMetadata, chaptersOf, planMontage } from '../index';

test('ffprobe reads starts and titles back as they were', async () => {
  const labels = ['Plexi', 'a=b;c#d\\e', 'two\nlines', 'Äxte 100 %'];
  const chapters = chaptersOf(planMontage(4, 48_000 * 12.3, 4000), labels);
  const program = 'ffprobe';
  const args = ['-v', 'error', '-f', 'ffmetadata', '-show_chapters', '-of', 'json', '-i', 'pipe:0'];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(chapterMetadata(chapters));
  const read = JSON.parse((await buffer(child.stdout)).toString()) as {
    chapters: { start_time: string; end_time: string; tags: { title: string } }[];
  };
  expect(
    read.chapters.map(({ start_time, end_time, tags }) => ({
      label: tags.title,
      startMs: Math.round(1000 * Number(start_time)),
      endMs: Math.round(1000 * Number(end_time)),
    })),
  ).toEqual(chapters);
});

import leadLine from '../../../../deploy/demo/di/lead-line.wav?url';
import openChords from '../../../../deploy/demo/di/open-chords.wav?url';
import riff from '../../../../deploy/demo/di/palm-muted-riff.wav?url';
import daybreak from '../../../../deploy/demo/captures/clean-daybreak-22.nam?url';
import quarryman from '../../../../deploy/demo/captures/crunch-quarryman-45.nam?url';
import copperFinch from '../../../../deploy/demo/captures/drive-pedal-copper-finch.nam?url';
import blackfell from '../../../../deploy/demo/captures/high-gain-blackfell-100.nam?url';
import openBack from '../../../../deploy/demo/irs/1x12-open-back.wav?url';
import dynamic from '../../../../deploy/demo/irs/4x12-dynamic-on-axis.wav?url';
import ribbon from '../../../../deploy/demo/irs/4x12-ribbon-off-axis.wav?url';

/** Gear of the demo pack (CC0), named as in its manifest. */
export type Gear = Readonly<{ name: string; url: string }>;
export const recordings: readonly Gear[] = [
  { name: 'Palm-muted riff', url: riff },
  { name: 'Open chords', url: openChords },
  { name: 'Lead line', url: leadLine },
];
export const captures: readonly Gear[] = [
  { name: 'Daybreak 22, clean', url: daybreak },
  { name: 'Quarryman 45, crunch', url: quarryman },
  { name: 'Copper Finch, drive pedal', url: copperFinch },
  { name: 'Blackfell 100, high gain', url: blackfell },
];
export const cabinets: readonly Gear[] = [
  { name: '1x12 open back', url: openBack },
  { name: '4x12 dynamic mic on axis', url: dynamic },
  { name: '4x12 ribbon off axis', url: ribbon },
];

type Step = readonly ['capture' | 'ir', number];
/** The chains of the demo shootout; numbers are places in the lists above. */
export const examples: readonly Readonly<{ name: string; steps: readonly Step[] }>[] = [
  {
    name: 'Daybreak 22, open back',
    steps: [
      ['capture', 0],
      ['ir', 0],
    ],
  },
  {
    name: 'Quarryman 45, 4x12',
    steps: [
      ['capture', 1],
      ['ir', 1],
    ],
  },
  {
    name: 'Copper Finch into Quarryman 45',
    steps: [
      ['capture', 2],
      ['capture', 1],
      ['ir', 1],
    ],
  },
  {
    name: 'Blackfell 100, ribbon',
    steps: [
      ['capture', 3],
      ['ir', 2],
    ],
  },
];

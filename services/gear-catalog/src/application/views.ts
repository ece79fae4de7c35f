import type { GearModelView, GearView } from '@gts/contracts';
import type { DocumentMeta, Stored } from '@gts/persistence';
import type { GearModel } from '../domain/gear-model';
import type { ShownGear, ShownModel } from './shown';

const base = ({ id, version, eventSeq, createdAt, updatedAt }: DocumentMeta) => ({
  id: id as never,
  version,
  eventSeq,
  createdAt,
  updatedAt,
});

const core = (
  { name, size, architecture, status, rejection, file, analysis }: Stored<GearModel>,
  useCount: number,
) => ({
  name,
  size,
  architecture,
  status,
  rejection,
  sha256: file?.sha256 ?? null,
  bytes: file?.bytes ?? null,
  analysis,
  useCount,
});

const newestFirst = (models: ShownGear['models']) =>
  models.toSorted((a, b) => (a.meta.createdAt < b.meta.createdAt ? 1 : -1));

export function gearView({ gear, models, uses }: ShownGear): GearView {
  const { meta, scope, name, slug, gearType, irKind, format, description, make, tags, licence, source } = gear;
  const countOf = (model: Stored<GearModel>) => uses.get(model.meta.id) ?? 0;
  return {
    ...base(meta),
    scope,
    name,
    slug,
    gearType,
    irKind,
    format,
    description,
    make,
    tags: [...tags],
    licence,
    source: { name: source.name, url: source.url },
    availability: gear.availability,
    models: newestFirst(models).map((each) => ({ id: each.meta.id as never, ...core(each, countOf(each)) })),
    useCount: models.reduce((sum, each) => sum + countOf(each), 0),
  };
}

export function modelView({ model, gear, useCount }: ShownModel): GearModelView {
  const { gearType, irKind, format, scope, licence, availability } = gear;
  return {
    ...base(model.meta),
    ...core(model, useCount),
    gearId: model.gearId,
    gearName: gear.name,
    gearType,
    irKind,
    format,
    scope,
    licence,
    availability,
  };
}

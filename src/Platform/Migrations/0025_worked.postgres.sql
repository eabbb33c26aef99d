alter table batch_run add column worked_seconds double precision not null default 0;
update batch_run set worked_seconds = extract(epoch from finished_at - started_at) where finished_at is not null and started_at is not null;
alter table batch_run alter column worked_seconds drop default;

create index ix_batch_fire_at on batch_fire (fire_at);

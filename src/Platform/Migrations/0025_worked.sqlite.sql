alter table batch_run add column worked_seconds real not null default 0;
update batch_run set worked_seconds = (julianday(finished_at) - julianday(started_at)) * 86400 where finished_at is not null and started_at is not null;

create index ix_batch_fire_at on batch_fire (fire_at);

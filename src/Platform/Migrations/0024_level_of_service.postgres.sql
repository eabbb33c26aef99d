create table batch_lateness (
    id bigint primary key,
    control_id bigint not null references batch_control (id),
    run_id bigint,
    words text not null,
    at timestamp with time zone not null,
    over_at timestamp with time zone
);
create unique index ux_batch_lateness_open on batch_lateness (control_id) where over_at is null;

alter table batch_run add column running_at timestamp with time zone;
update batch_run set running_at = started_at;
create index ix_batch_run_state on batch_run (state, code);

alter table batch_fire add column business_on date;
create index ix_batch_fire_run on batch_fire (run_id);
create index ix_batch_fire_day on batch_fire (business_on);

create table tour_progress (
    id bigint primary key,
    actor_id bigint not null,
    tour text not null,
    version integer not null,
    step text not null,
    started_at timestamp with time zone,
    last_at timestamp with time zone not null,
    left_at timestamp with time zone,
    finished_at timestamp with time zone,
    dismissed_at timestamp with time zone
);
create unique index ux_tour_progress on tour_progress (actor_id, tour);

create table tour_step (
    progress_id bigint not null references tour_progress (id),
    step text not null,
    at timestamp with time zone not null,
    skipped boolean not null,
    primary key (progress_id, step)
);

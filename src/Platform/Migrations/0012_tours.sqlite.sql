create table tour_progress (
    id integer primary key,
    actor_id integer not null,
    tour text not null,
    version integer not null,
    step text not null,
    started_at text,
    last_at text not null,
    left_at text,
    finished_at text,
    dismissed_at text
);
create unique index ux_tour_progress on tour_progress (actor_id, tour);

create table tour_step (
    progress_id integer not null references tour_progress (id),
    step text not null,
    at text not null,
    skipped integer not null,
    primary key (progress_id, step)
);

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Platform.Batch;

public class BatchRunTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_run_that_was_missed_over_the_weekend_is_about_the_day_it_comes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Actor.Process("test"));
        var now = scope.Db.Now;
        await scope.Get<FireSchedule>().Run(new("TD-CCCB", now.AddDays(-2)), new JobRun(1, FireSchedule.Kind, 1, now), Ct);
        Assert.Equal(await scope.Get<IUtilityClock>().Today(Ct), (await scope.Db.Set<BatchRun>().SingleAsync(Ct)).BusinessOn);
    }

    [Theory, BothDatabases]
    public async Task A_run_whose_job_dies_has_failed_and_goes_on_when_it_is_tried_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddBatch<Deadly>());
        (Deadly.Works, Deadly.Poison) = (false, true);
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("DEADLY", null, null), Ct)).Ok);
        await house.RunJobs();
        Assert.Equal(("Failed", "not yet", true), await Run(house));

        Deadly.Works = true;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var job = Assert.Single((await scope.Get<ListDeadJobs>().Handle(new(), Ct)).Value.Items);
            Assert.True((await scope.Get<TryJobAgain>().Handle(new(job.Id), Ct)).Ok);
        }
        await house.RunJobs();
        Assert.Equal(("Completed", null, true), await Run(house));
    }

    [Theory, BothDatabases]
    public async Task A_run_that_fails_for_any_reason_is_in_front_of_the_operators_and_can_be_tried_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddBatch<Deadly>());
        (Deadly.Works, Deadly.Poison) = (false, false);
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("DEADLY", null, null), Ct)).Ok);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await house.MakeDue(RunBatch.Kind);
            await house.RunJobs();
        }
        Assert.Equal(("Failed", "not yet", true), await Run(house));
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            Assert.Equal("Job batch.run failed 3 times: not yet", Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct)).Subject);
            var job = Assert.Single((await scope.Get<ListDeadJobs>().Handle(new(), Ct)).Value.Items);
            Deadly.Works = true;
            Assert.True((await scope.Get<TryJobAgain>().Handle(new(job.Id), Ct)).Ok);
        }
        await house.RunJobs();
        Assert.Equal(("Completed", null, true), await Run(house));
    }

    [Theory, BothDatabases]
    public async Task Filters_with_characters_that_no_text_has_find_nothing_and_do_not_fail(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var machine = await house.SignedInApi(Roles.TechnicalAdministrator);
        foreach (var path in (string[])["/api/v1/batch-runs?code=%00", "/api/v1/users?role=%00"])
        {
            using var answer = await machine.GetAsync(path, Ct);
            Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
        }
        using var desk = await house.SignedInApi(Roles.Csr);
        using var people = await desk.GetAsync("/api/v1/people?source=a%00b&externalKey=%00", Ct);
        Assert.Equal(System.Net.HttpStatusCode.OK, people.StatusCode);
    }

    private static async Task<(string State, string? Message, bool Over)> Run(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        var run = Assert.Single((await scope.Get<ListBatchRuns>().Handle(new("DEADLY", null, null), Ct)).Value.Items);
        return (run.State, run.Message, run.FinishedAt is not null);
    }

    private sealed class Deadly : IBatchProcess
    {
        public static bool Works { get; set; }
        public static bool Poison { get; set; }
        public string Code => "DEADLY";
        public string Description => "Dies";
        public string? Cron => null;
        public string? Check(BatchInput input) => null;

        public Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct) =>
            Works ? Task.FromResult(new BatchChunk(position, 0, 0, Last: true)) : throw (Poison ? new PoisonedJobException("not yet") : new ArithmeticException("not yet"));
    }
}

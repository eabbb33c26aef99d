using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net.Http.Json;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline batch run CODE | list | cancel RUN | resume RUN | begin RUN | errors [RUN] | extract RUN</c></summary>
internal static class BatchCommands
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    public static Command All() => new("batch", "Batch runs and schedules. Controls and schedules are added and changed with: configuration export, configuration import (batch-controls, batch-schedules)")
    {
        Run(), List(), Cancel(), Resume(), Begin(), Errors(), Extract(), ScheduleCommands.List(), ScheduleCommands.Pause(), ScheduleCommands.Resume(), ScheduleCommands.Skip(), ScheduleCommands.Keep(), ScheduleCommands.RunNow(),
    };

    private static Command Run()
    {
        var code = new Argument<string>("code") { Description = "The batch, e.g. TD-CCCB" };
        var on = new Option<DateOnly?>("--business-date") { Description = "The day the run is about, e.g. 2026-03-10; today without it", CustomParser = Day };
        var lead = new Option<int?>("--lead-days") { Description = "TD-CCCB: days before its day on which a promise becomes a To Do" };
        var set = new Option<string[]>("--set") { Description = "A parameter of the batch, as name=value; may be given several times" };
        var threads = new Option<int?>("--threads") { Description = "Threads of this run; as the control has it without it" };
        var records = new Option<int?>("--records") { Description = "Records between commits; as the control has it without it" };
        var maxErrors = new Option<int?>("--max-errors") { Description = "Records in error above which this run fails; as the control has it without it" };
        var anyway = new Option<bool>("--anyway") { Description = $"Although the day is more than {SubmitBatch.UsualDaysAhead} days ahead" };
        return new Command("run", "Run a batch and wait until it is over") { code, on, lead, set, threads, records, maxErrors, anyway }.Does((parsed, house, ct) =>
        {
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in parsed.GetValue(set) ?? [])
            {
                if (pair.Split('=', 2) is not [{ Length: > 0 } name, var value])
                    return Task.FromResult(house.Fail($"--set takes name=value, not '{pair}'"));
                parameters[name] = value;
            }
            if (parsed.GetValue(lead) is { } days)
                parameters["lead-days"] = days.ToString(CultureInfo.InvariantCulture);
            return Run(house, new(parsed.GetValue(code), parsed.GetValue(on), parameters, parsed.GetValue(threads), parsed.GetValue(records), parsed.GetValue(maxErrors), parsed.GetValue(anyway)), ct);
        });
    }

    private static Command List() => new Command("list", "The batches there are, and their latest runs").Does(async (_, house, ct) =>
    {
        var listed = await house.Use<ListControls, ListControls.Input, IReadOnlyList<BatchControlLine>>(HttpMethod.Get, "/batches", new(), (output, batches) =>
        {
            foreach (var batch in batches)
            {
                output.WriteLine($"{batch.Code,-12} {Service(batch.Service),-8} {batch.Description}{(batch.Active ? "" : " (switched off)")}");
                foreach (var why in new[] { batch.Failing, batch.Late }.OfType<ServiceWords>())
                    output.WriteLine($"{"",-22}{why.Words}");
            }
        }, ct);
        if (listed != Exit.Done)
            return listed;
        return await house.Use<ListBatchRuns, ListBatchRuns.Input, Page<BatchRunLine>>(HttpMethod.Get, "/batch-runs?size=20", new(null, null, 20), (output, page) =>
        {
            foreach (var run in page.Items)
            {
                output.WriteLine($"{run.Id,12}  {run.Code,-12} run {run.Number,5}  {run.BusinessOn:yyyy-MM-dd}  {(run.Waits ? "Waits" : run.State),-19}  {run.Done,9} done  {run.Skipped,9} skipped  {run.Errors,7} in error  {run.CreatedAt:u}");
                if (run.Message is not null)
                    output.WriteLine($"{"",-14}{run.Message}");
            }
        }, ct);
    });

    private static string Service(ServiceLevel level) => level switch { ServiceLevel.Failing => "failing", ServiceLevel.Late => "late", _ => "on time" };

    private static Command Cancel()
    {
        var id = new Argument<long>("run") { Description = "Key of the run, as the list shows it" };
        var reason = new Option<string?>("--reason") { Description = "Why a run that has failed is given up" };
        return new Command("cancel", "End a run at its next commits, or give up one that has failed; resume goes on with it") { id, reason }.Does((parsed, house, ct) =>
            house.Use<CancelRun, CancelRun.Input, Done>(
                HttpMethod.Post, $"/batch-runs/{parsed.GetValue(id)}/cancel", new(parsed.GetValue(id), parsed.GetValue(reason)), (output, _) => output.WriteLine("Cancelled."), ct));
    }

    private static Command Resume()
    {
        var id = new Argument<long>("run") { Description = "Key of the run, as the list shows it" };
        var threads = new Option<int?>("--threads") { Description = "Threads; as it was without it" };
        var records = new Option<int?>("--records") { Description = "Records between commits; as it was without it" };
        var most = new Option<int?>("--max-errors") { Description = "How many records may be in error; as it was without it" };
        return new Command("resume", "Go on with a run that failed or was cancelled; what is done stays done") { id, threads, records, most }.Does((parsed, house, ct) =>
            house.Use<ResumeRun, ResumeRun.Input, Done>(
                HttpMethod.Post, $"/batch-runs/{parsed.GetValue(id)}/resume", new(parsed.GetValue(id), parsed.GetValue(threads), parsed.GetValue(records), parsed.GetValue(most)),
                (output, _) => output.WriteLine("It goes on."), ct));
    }

    private static Command Begin()
    {
        var id = new Argument<long>("run") { Description = "Key of the run, as the list shows it" };
        var anyway = new Option<bool>("--anyway") { Description = "Although what it comes after has not completed" };
        return new Command("begin", "Begin a run that waits for another batch all the same") { id, anyway }.Does((parsed, house, ct) =>
            house.Use<BeginWaitingRun, BeginWaitingRun.Input, Done>(
                HttpMethod.Post, $"/batch-runs/{parsed.GetValue(id)}/begin", new(parsed.GetValue(id), parsed.GetValue(anyway)), (output, _) => output.WriteLine("It begins."), ct));
    }

    private static Command Errors()
    {
        var id = new Argument<long?>("run") { Description = "Key of a run; without it, all that are still open", Arity = ArgumentArity.ZeroOrOne };
        return new Command("errors", "Records that runs could not do") { id }.Does(async (parsed, house, ct) =>
        {
            for (string? after = "0"; ;)
            {
                var code = await house.Use<ListBatchErrors, ListBatchErrors.Input, Page<BatchErrorLine>>(
                    HttpMethod.Get, $"/batch-errors?after={after}&size={Paging.MaxSize}{(parsed.GetValue(id) is { } of ? $"&runId={of}" : "")}",
                    new(parsed.GetValue(id), Size: Paging.MaxSize, After: long.Parse(after, CultureInfo.InvariantCulture)), (output, page) =>
                    {
                        foreach (var error in page.Items)
                            output.WriteLine($"{error.Code,-12} run {error.Number,5}  {error.About,-24}  {error.State,-11}  {error.At:u}  {error.Message}");
                        after = page.Next;
                    }, ct);
                if (code != Exit.Done || after is null)
                    return code;
            }
        });
    }

    private static Command Extract()
    {
        var id = new Argument<long>("run") { Description = "Key of the run, as the list shows it" };
        return new Command("extract", "What a run did, record by record, as CSV; the same however often, and nothing changes") { id }.Does(async (parsed, house, ct) =>
        {
            var run = parsed.GetValue(id);
            string? after = null;
            while (true)
            {
                var code = await house.Use<ExtractRun, ExtractRun.Input, Page<BatchChange>>(
                    HttpMethod.Get, $"/batch-runs/{run}/extract?size={ExtractRun.MaxSize}{(after is null ? "" : $"&after={after}")}", new(run, after, ExtractRun.MaxSize), (output, page) =>
                    {
                        if (after is null)
                            output.WriteLine("action,record,part,at");
                        foreach (var change in page.Items)
                            output.WriteLine($"{change.Action},{change.Record},{change.Part},{CsvCell.Instant(change.At)}");
                        after = page.Next;
                    }, ct);
                if (code != Exit.Done || after is null)
                    return code;
            }
        });
    }

    private static DateOnly? Day(ArgumentResult given)
    {
        var typed = given.Tokens.Count == 1 ? given.Tokens[0].Value : "";
        if (DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        given.AddError($"--business-date takes year-month-day, e.g. 2026-03-10, not '{typed}'.");
        return null;
    }

    private static Task<int> Run(CommandLine house, SubmitBatch.Input input, CancellationToken ct) => house.Run(
        async (http, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/batch-runs") { Content = JsonContent.Create(input, options: CommandLine.Json) };
            request.Headers.Add(ApiRoutes.KeyHeader, Guid.NewGuid().ToString("N"));
            using var submitted = await http.SendAsync(request, token);
            if (await house.Refused(submitted, token) is { } refused)
                return refused;
            var watch = new Watch(house, (await submitted.Content.ReadFromJsonAsync<BatchRunLine>(CommandLine.Json, token))!);
            while (!watch.IsEnded)
            {
                await Task.Delay(Glance, token);
                using var answer = await http.GetAsync($"/api/v1/batch-runs/{watch.Id}", token);
                if (await house.Refused(answer, token) is { } lost)
                    return lost;
                watch.See((await answer.Content.ReadFromJsonAsync<BatchRunLine>(CommandLine.Json, token))!);
            }
            return watch.End();
        },
        async (services, token) =>
        {
            var submitted = await services.GetRequiredService<SubmitBatch>().Handle(input, token);
            if (!submitted.Ok)
                return house.Fail(submitted.ToString());
            var watch = new Watch(house, submitted.Value);
            // No node works on this data folder: this process does, until the run is over.
            var worker = services.GetRequiredService<JobWorker>();
            await worker.StartAsync(token);
            try
            {
                while (!watch.IsEnded)
                {
                    await Task.Delay(Glance, token);
                    watch.See(await Look(services, watch.Id, token));
                }
            }
            finally
            {
                await worker.StopAsync(CancellationToken.None);
            }
            return watch.End();
        }, ct);

    /// <summary>In a scope of its own at each look: a context remembers what it has read.</summary>
    private static async Task<BatchRunLine> Look(IServiceProvider services, long id, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (actor.Actor, actor.Source) = (Actor.Process("command line"), "command");
        return (await scope.ServiceProvider.GetRequiredService<GetBatchRun>().Handle(new(id), ct)).Value;
    }

    /// <summary>Says on standard error how far the run is, and on standard output how it ended.</summary>
    private sealed class Watch(CommandLine house, BatchRunLine run)
    {
        private BatchRunLine now = run;

        public long Id => now.Id;

        /// <summary>What waits for others may do so for ever: nobody is to wait with it.</summary>
        public bool IsEnded => now.IsOver || now.Waits;

        public void See(BatchRunLine line)
        {
            var further = line.Done + line.Skipped != now.Done + now.Skipped;
            now = line;
            if (further && !now.IsOver)
                house.Error.WriteLine($"{now.Code} run {now.Number}: {now.Done} done, {now.Skipped} skipped ...");
        }

        public int End()
        {
            if (now.Waits)
            {
                house.Error.WriteLine($"{now.Code} run {now.Number} is submitted. {now.Message} To begin it all the same: batch begin {now.Id} --anyway");
                return Exit.Busy;
            }
            if (now.CanGoOn)
                return house.Fail($"{now.Code} run {now.Number} {(now.State == "Failed" ? "failed" : "was cancelled")} after {now.Done} done: {now.Message}");
            house.Output.WriteLine($"{now.Code} run {now.Number} for {now.BusinessOn:yyyy-MM-dd}: {now.Done} done, {now.Skipped} skipped{(now.Errors == 0 ? "" : $", {now.Errors} in error")}");
            return Exit.Done;
        }
    }
}

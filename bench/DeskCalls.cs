using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>
/// Whole calls, one after the other without pause: taken, the caller found, their page opened, who it is made sure, two contacts, a promise,
/// handed to a colleague who accepts and ends it. Search and page are asked for as a browser does, the rest goes through the API.
/// </summary>
internal sealed class DeskCalls(HostProcess host, LoadedHouse house, DeskTeam team, TimeSpan length)
{
    private const string Comment = "Bill twice as high as last year. Went through the readings together; the new heat pump explains it.";
    private const int StepsOfCall = 10;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, List<double>> steps = [];

    /// <summary>Times of each step in ms, by its name; what came while the programme was still warming up is left out.</summary>
    public IReadOnlyDictionary<string, List<double>> Steps => steps;

    /// <summary>Each desk as fast as it is answered.</summary>
    /// <returns>Calls a minute.</returns>
    public async Task<double> Flat(CancellationToken ct)
    {
        await Round(WarmUp, TimeSpan.Zero, ct);
        steps.Clear();
        var watch = Stopwatch.StartNew();
        var calls = await Round(length, TimeSpan.Zero, ct);
        return calls / watch.Elapsed.TotalMinutes;
    }

    /// <summary>All desks together do as many calls as asked for, one after the other, their steps evenly over the time of a call.</summary>
    /// <returns>Calls begun in a minute: fewer than asked for when the house could not follow.</returns>
    public async Task<double> Paced(int callsPerMinute, CancellationToken ct)
    {
        steps.Clear();
        return await Round(length, TimeSpan.FromMinutes((double)team.Takers.Count / callsPerMinute), ct) / length.TotalMinutes;
    }

    /// <param name="call">What a call takes at least.</param>
    private async Task<int> Round(TimeSpan time, TimeSpan call, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, team.Takers.Count).Select(i => Task.Run(() => Desk(i, watch, time, call, ct), ct)));
        return done.Sum();
    }

    private async Task<int> Desk(int desk, Stopwatch watch, TimeSpan time, TimeSpan length, CancellationToken ct)
    {
        var pace = new Pace(watch, length / StepsOfCall, length * desk / team.Takers.Count);
        using var taker = Client(team.Takers[desk]);
        using var colleague = Client(team.Colleagues[desk]);
        var random = new DemoStream(house.Plan.Seed, "calls").At((Stopwatch.GetTimestamp() * team.Takers.Count) + desk);
        var calls = 0;
        while (watch.Elapsed < time)
        {
            var index = random.Next(house.Plan.People);
            if (house.World.Person(index) is not { IsOrganization: false } person || team.Closed.Contains(house.Keys.FirstPerson + index))
                continue;
            await Call(taker, colleague, team.Colleagues[desk].Employee, index, person, pace, ct);
            calls++;
        }
        return calls;
    }

    private async Task Call(HttpClient taker, HttpClient colleague, long to, int index, DemoPerson person, Pace pace, CancellationToken ct)
    {
        var (id, account, premise) = (house.Keys.FirstPerson + index, house.Keys.FirstAccount + index, house.Keys.FirstPremise + index);
        var place = house.World.Premise(index);
        var taken = await Post(await pace.Next(taker, ct), "take", "/api/v1/interactions", new { Channel = "Phone", NumberOrPlace = person.Phone.Number }, ct);
        var call = taken.GetProperty("id").GetInt64();
        await Get(await pace.Next(taker, ct), "search", $"/search/panel?q={Uri.EscapeDataString($"{person.Family} {place.StreetName} {place.PostalCode}")}", ct);
        await Send(await pace.Next(taker, ct), "caller", HttpMethod.Put, $"/api/v1/interactions/{call}/caller", new { PersonId = id }, ct);
        await Get(await pace.Next(taker, ct), "open", $"/customers/{id}", ct);
        await Post(await pace.Next(taker, ct), "verify", $"/api/v1/people/{id}/caller", new
        {
            As = "Customer", Interaction = $"interaction:{call}",
            Answers = new Dictionary<string, string> { ["PHONE"] = person.Phone.Number, ["BORN"] = $"{new DateOnly(person.BirthYear, 1, 1).AddDays((int)(index * 131L % 365)):yyyy-MM-dd}" },
        }, ct);
        await Post(await pace.Next(taker, ct), "record", "/api/v1/contacts", new
        {
            Type = "BILLCOPY", PersonId = id, AccountId = account, PremiseId = premise, Channel = "Phone", Comment, InteractionId = call, WrapUp = "DONE",
        }, ct);
        await Post(await pace.Next(taker, ct), "promise", "/api/v1/contacts", new
        {
            Type = "HIGHBILL", PersonId = id, AccountId = account, PremiseId = premise, Channel = "Phone", Comment, InteractionId = call, WrapUp = "FOLLOW-UP",
            Reminder = new { On = team.PromiseOn },
        }, ct);
        await Post(await pace.Next(taker, ct), "hand over", $"/api/v1/interactions/{call}/hand-over", new { EmployeeId = to, Comment = "Wants to hear it from a colleague." }, ct);
        await Post(await pace.Next(colleague, ct), "accept", $"/api/v1/interactions/{call}/accept", new { }, ct);
        await Post(await pace.Next(colleague, ct), "end", $"/api/v1/interactions/{call}/end", new { }, ct);
    }

    private async Task<JsonElement> Post(HttpClient http, string step, string path, object body, CancellationToken ct)
    {
        var text = await Send(http, step, HttpMethod.Post, path, body, ct);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private async Task<byte[]> Send(HttpClient http, string step, HttpMethod method, string path, object body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        return await Timed(http, step, request, ct);
    }

    private async Task Get(HttpClient http, string step, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        await Timed(http, step, request, ct);
    }

    private async Task<byte[]> Timed(HttpClient http, string step, HttpRequestMessage request, CancellationToken ct)
    {
        var watch = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, ct);
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        var time = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{request.RequestUri} answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)} {host.Errors}");
        lock (steps)
        {
            if (!steps.TryGetValue(step, out var times))
                steps[step] = times = [];
            times.Add(time);
        }
        return body;
    }

    private HttpClient Client(DeskEmployee employee)
    {
        var http = host.Client();
        http.DefaultRequestHeaders.Add("Cookie", $"tieline_session={employee.Cookie}");
        return http;
    }
}

/// <summary>When a desk takes its next step; one that comes too late is taken at once and puts off the others.</summary>
internal sealed class Pace(Stopwatch watch, TimeSpan every, TimeSpan first)
{
    private TimeSpan next = first;

    public async Task<HttpClient> Next(HttpClient http, CancellationToken ct)
    {
        if (every > TimeSpan.Zero)
        {
            // The pace is what is asked for: nothing is waited for here.
            if (next - watch.Elapsed is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, ct);
            next = (next > watch.Elapsed ? next : watch.Elapsed) + every;
        }
        return http;
    }
}

/// <param name="Cookie">Of a session that is open.</param>
internal sealed record DeskEmployee(long Employee, string Cookie);

/// <summary>Who works at the desks.</summary>
/// <param name="Colleagues">To whom the taker of the same position hands over.</param>
/// <param name="Closed">People who are closed to them.</param>
/// <param name="PromiseOn">A day on which the office is open.</param>
internal sealed record DeskTeam(IReadOnlyList<DeskEmployee> Takers, IReadOnlyList<DeskEmployee> Colleagues, IReadOnlySet<long> Closed, DateOnly PromiseOn);

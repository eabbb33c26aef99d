using System.Diagnostics;
using System.Net.Http.Json;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>Clients that record contacts one after the other, each waiting for its answer.</summary>
internal static class ContactClients
{
    private const int Clients = 8;

    /// <returns>Contacts a second.</returns>
    public static async Task<double> Rate(HostProcess host, string path, string? apiKey, LoadedHouse house, TimeSpan length, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => Task.Run(() => One(c), ct)));
        return done.Sum() / watch.Elapsed.TotalSeconds;

        async Task<int> One(int client)
        {
            using var http = host.Client();
            if (apiKey is not null)
                http.DefaultRequestHeaders.Authorization = new("Bearer", apiKey);
            var random = new DemoStream(house.Plan.Seed, path).At((Stopwatch.GetTimestamp() * Clients) + client);
            var count = 0;
            while (watch.Elapsed < length)
            {
                var i = random.Next(house.Plan.People);
                using var request = new HttpRequestMessage(HttpMethod.Post, path);
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
                request.Content = JsonContent.Create(new
                {
                    Type = "BILLCOPY", PersonId = house.Keys.FirstPerson + i, AccountId = house.Keys.FirstAccount + i, PremiseId = house.Keys.FirstPremise + i,
                    Channel = "Phone", Comment = "Needs the bill of last month for a rental application. Sent by e-mail, thanked us.",
                });
                using var answer = await http.SendAsync(request, ct);
                if ((int)answer.StatusCode != 201)
                    throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
                count++;
            }
            return count;
        }
    }
}

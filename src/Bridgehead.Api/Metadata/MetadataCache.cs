using System.Collections.Concurrent;
using System.Net;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>
/// What was read for an address, and the documents made of it, for as long as nobody commits anything. An address may belong to another instance the next moment, and that one must not read what this one may:
/// so the store is asked at each request whether it is still the same. While instances boot they ask dozens of times between two commits.
/// </summary>
internal sealed class MetadataCache(Stamps stamps) : IDisposable
{
    /// <summary>Addresses, and so at most some tens of megabytes; more than this are hardly on one host.</summary>
    private const int Most = 1024;

    private readonly ConcurrentDictionary<IPAddress, Seen> _seen = [];

    public void Dispose() => stamps.Dispose();

    /// <summary>What is so now; <paramref name="load"/> reads it, null for an address that is nobody's.</summary>
    public async ValueTask<Seen> LookAsync(IPAddress address, Func<Task<MetadataSubject?>> load, CancellationToken cancel)
    {
        // Before the reading: what is committed meanwhile makes the next stamp another one.
        var stamp = await stamps.NowAsync(cancel);
        if (_seen.TryGetValue(address, out var seen) && seen.Stamp == stamp)
        {
            return seen;
        }

        seen = new Seen(stamp, await load());
        if (seen.Subject?.Size > Seen.Largest)
        {
            return seen;
        }

        if (_seen.Count >= Most)
        {
            _seen.Clear();
        }

        _seen[address] = seen;
        return seen;
    }

    /// <summary>An address's owner at a moment of the store, and what it asked for.</summary>
    internal sealed class Seen(Stamp stamp, MetadataSubject? subject)
    {
        /// <summary>Bytes that the user gave; larger ones are read each time.</summary>
        public const int Largest = 16 * 1024;

        /// <summary>The whole tree has fewer places; there are many ways to write each path.</summary>
        private const int MostPaths = 64;

        private readonly ConcurrentDictionary<string, MetadataNode.Document> _documents = new(StringComparer.Ordinal);

        public Stamp Stamp => stamp;

        public MetadataSubject? Subject => subject;

        /// <summary>The document at a path, whose names are given beside it; null when there is none.</summary>
        public MetadataNode.Document? Find(string path, IReadOnlyList<string> names)
        {
            if (subject is null)
            {
                return null;
            }

            if (_documents.TryGetValue(path, out var document))
            {
                return document;
            }

            document = MetadataTree.Find(subject, names)?.Render();
            if (document is not null && _documents.Count < MostPaths)
            {
                _documents[path] = document;
            }

            return document;
        }
    }
}

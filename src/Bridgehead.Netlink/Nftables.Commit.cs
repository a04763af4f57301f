using System.Runtime.InteropServices;

namespace Bridgehead.Netlink;

/// <content>Commits.</content>
public sealed partial class Nftables
{
    private const int ErrorMessage = 1;
    private const int ErrorOffset = 2;

    /// <summary>Carries the batch out, as a whole or not at all. It stays as it is, so it can be committed again.</summary>
    /// <param name="generation">The generation that this batch was made for, or 0 for any: the kernel refuses it when there is another one.</param>
    public CommitResult Commit(BatchWriter batch, uint generation = 0)
    {
        if (batch.IsEmpty)
        {
            return new CommitResult(CommitOutcome.Committed, generation, [], []);
        }

        if (!_socket.Send(batch.Complete(generation)))
        {
            return new CommitResult(CommitOutcome.Refused, 0, [new BatchError(batch.TagOf(batch.First), null, "", Errno.MessageTooLong, $"{batch.Length} bytes")], []);
        }

        var answers = new Answers(batch, generation);
        while (!answers.Complete)
        {
            var received = _socket.Receive(out var lost);
            answers.Lost |= lost;
            if (received.IsEmpty)
            {
                break;
            }

            var reader = new MessageReader(received);
            while (reader.Next(out var message))
            {
                answers.Add(message);
            }
        }

        return answers.Result();
    }

    /// <summary>What the kernel says to a batch: an error for each operation that failed, rules as echoes, and always something for the last operation.</summary>
    private ref struct Answers(BatchWriter batch, uint generation)
    {
        private List<BatchError>? _errors;
        private List<RuleHandle>? _handles;
        private bool _stale;

        public bool Complete { get; private set; }

        public bool Lost { get; set; }

        public void Add(Message message)
        {
            if (!batch.Contains(message.Sequence))
            {
                return;
            }

            switch (message.Type)
            {
                case Wire.Error:
                    AddError(message);
                    break;
                case Wire.Nftables | (int)NftMessage.NewRule:
                    (_handles ??= []).Add(new RuleHandle(batch.TagOf(message.Sequence), AttributeValue.UInt64(message.Fields.Bytes(3))));
                    break;
            }
        }

        public readonly CommitResult Result()
        {
            if (_stale)
            {
                return new CommitResult(CommitOutcome.Stale, 0, [], []);
            }

            if (_errors is not null)
            {
                return new CommitResult(CommitOutcome.Refused, 0, _errors, []);
            }

            return Lost || !Complete ? new CommitResult(CommitOutcome.Unknown, 0, [], []) : new CommitResult(CommitOutcome.Committed, After(generation), [], _handles ?? []);
        }

        /// <summary>The kernel counts on, and leaves out 0.</summary>
        private static uint After(uint generation) => generation == 0 ? 0 : Math.Max(generation + 1, 1);

        private void AddError(Message message)
        {
            Complete |= message.Sequence == batch.Last;
            var number = ErrorNumber(message);
            if (number == 0)
            {
                return;
            }

            if (number == Errno.Restart && message.Sequence == batch.First)
            {
                _stale = Complete = true;
                return;
            }

            // Without the request's body, which NETLINK_CAP_ACK leaves out, attributes follow the error's number and the request's header.
            const int Start = 4 + MessageWriter.HeaderSize;
            var attributes = (message.Flags & Wire.AcknowledgeAttributes) != 0 && message.Body.Length > Start ? message.Body[Start..] : [];
            var detail = AttributeReader.Find(attributes, ErrorMessage);
            var offset = AttributeReader.Find(attributes, ErrorOffset);
            var tag = batch.TagOf(message.Sequence, offset.Length >= 4 ? MemoryMarshal.Read<int>(offset) : 0);
            (_errors ??= []).Add(Describe(message.Sequence, tag, number, detail.IsEmpty ? null : AttributeValue.Text(detail)));
        }

        private readonly BatchError Describe(uint sequence, int tag, int number, string? detail)
        {
            if (sequence == batch.First)
            {
                return new BatchError(tag, null, "", number, detail);
            }

            var request = batch.MessageOf(sequence);
            var operation = (NftMessage)(request.Type & 0xff);
            var table = request.Fields.Text(1);
            var name = operation is NftMessage.NewChain or NftMessage.DeleteChain ? 3 : operation is NftMessage.NewTable or NftMessage.DeleteTable ? 1 : 2;
            var inTable = name == 1 ? "" : " " + request.Fields.Text(name);
            return new BatchError(tag, operation, new NftTable(request.Family, table) + inTable, number, detail);
        }
    }
}
